use airbyte_sdk::{AirbyteSpec, Secret};

#[derive(AirbyteSpec)]
enum Region {
    Eu,
    #[serde(rename = "eu")]
    Europe,
    #[serde(rename = "")]
    Nowhere,
}

#[derive(AirbyteSpec)]
#[serde(rename_all = "lowercase")]
enum Login {
    ApiKey { key: Secret },
    Apikey,
}

fn main() {}
