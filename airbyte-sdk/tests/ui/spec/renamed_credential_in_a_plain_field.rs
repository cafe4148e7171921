use airbyte_sdk::{AirbyteSpec, ConfigValue, Secret};

#[derive(AirbyteSpec)]
#[serde(rename_all = "camelCase")]
struct Config {
    api_key: String,
    login: Login,
    pair: Pair,
}

#[derive(ConfigValue)]
enum Login {
    Password { password: String },
    Anonymous,
}

#[derive(ConfigValue)]
struct Pair {
    aws_access_key: String,
    aws_secret_key: Secret,
}

fn main() {}
