use airbyte_sdk::{AirbyteSpec, Secret};

#[derive(AirbyteSpec)]
struct Config {
    #[airbyte(secret)]
    api_key: String,
    #[airbyte(airbyte_secret = true)]
    client: Option<String>,
    #[airbyte(sensitive)]
    token: Secret,
}

fn main() {}
