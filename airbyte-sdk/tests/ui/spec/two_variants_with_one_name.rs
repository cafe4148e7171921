use airbyte_sdk::{ConfigValue, Secret};

#[derive(ConfigValue)]
enum Region {
    Eu,
    #[serde(rename = "eu")]
    Europe,
    #[serde(rename = "")]
    Nowhere,
}

#[derive(ConfigValue)]
#[serde(rename_all = "lowercase")]
enum Login {
    ApiKey { key: Secret },
    Apikey,
}

fn main() {}
