use airbyte_sdk::ConfigValue;

#[derive(ConfigValue)]
enum Login {
    Name { r#type: String },
    Anonymous,
}

#[derive(ConfigValue)]
#[airbyte(tag = "kind")]
enum Place {
    City {
        r#type: String,
        #[serde(rename = "kind")]
        sort: String,
    },
}

fn main() {}
