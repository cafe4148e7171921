#![deny(warnings)]
#![allow(dead_code)]

mod connector {
    use airbyte_sdk::{AirbyteSpec, Emitter, Result, airbyte_source, airbyte_stream};

    #[derive(AirbyteSpec)]
    struct Config {
        form: String,
        #[airbyte(default = form())]
        config: u32,
        #[airbyte(default = true)]
        out: bool,
        self_: f64,
        since: Option<String>,
        #[airbyte(default = VALUE)]
        value: u32,
        name: String,
    }

    const VALUE: u32 = 1;

    fn form() -> u32 {
        VALUE
    }

    #[airbyte_stream(name = "things", primary_key(form), cursor = cursor, on_null = emit)]
    struct Thing {
        form: String,
        config: u32,
        out: bool,
        self_: f64,
        cursor: Option<i64>,
        value: u32,
        name: String,
    }

    #[airbyte_source(check = self::config)]
    fn out(since: &Config, config: Option<i64>, http: &mut Emitter<Thing>) -> Result<()> {
        http.emit(Thing {
            form: since.form.clone(),
            config: since.config,
            out: since.out,
            self_: since.self_,
            cursor: config.filter(|_| since.since.is_some()),
            value: since.value,
            name: since.name.clone(),
        })
    }

    fn config(_: &Config, _: &airbyte_sdk::Http) -> Result<()> {
        Ok(())
    }
}
