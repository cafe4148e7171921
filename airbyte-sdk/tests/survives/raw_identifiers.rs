#![deny(warnings)]
#![allow(dead_code)]

mod connector {
    use airbyte_sdk::{AirbyteSpec, Deserialize, Emitter, Result, airbyte_source, airbyte_stream};

    #[derive(AirbyteSpec)]
    struct Config {
        #[airbyte(default = 1, max = 9)]
        r#type: u32,
        r#match: Option<String>,
    }

    #[airbyte_stream(name = "things", primary_key(r#type), cursor = r#type, order = ascending)]
    struct Thing {
        r#type: u32,
        #[serde(rename = "where")]
        r#where: Option<String>,
    }

    #[derive(Deserialize)]
    struct Page {
        r#type: u32,
    }

    #[airbyte_source]
    fn r#fn(config: &Config, since: Option<u32>, out: &mut Emitter<Thing>) -> Result<()> {
        let page: Page = out.http().get("https://example.com").json()?;
        let r#type = page.r#type + since.unwrap_or(config.r#type);
        out.emit(Thing { r#type, r#where: config.r#match.clone() })
    }
}
