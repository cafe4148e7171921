use airbyte_sdk::{AirbyteSpec, Secret};

#[derive(AirbyteSpec)]
#[serde(rename_all = "camelCase")]
struct Config {
    api_key: String,
    login: Login,
    pair: Pair,
}

#[derive(AirbyteSpec)]
enum Login {
    Password { password: String },
    Nobody,
}

#[derive(AirbyteSpec)]
struct Pair {
    aws_access_key: String,
    aws_secret_key: Secret,
}

fn main() {}
