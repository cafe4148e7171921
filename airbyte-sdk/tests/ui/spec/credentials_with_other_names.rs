use airbyte_sdk::{AirbyteSpec, Secret};

#[derive(AirbyteSpec)]
struct Config {
    client_secret: Secret,
    secret_access_key: String,
    pat: String,
    ssh_passphrase: Option<String>,
    api_keys: Vec<String>,
    // These are not credentials.
    access_key: String,
    token_url: String,
    public_key: String,
    page_token_field: String,
    max_tokens: u32,
}

fn main() {}
