use airbyte_sdk::AirbyteSpec;

#[derive(AirbyteSpec)]
struct Config {
    api_key: String,
    refresh_token: Option<String>,
    /// The next page
    #[airbyte(not_secret)]
    page_token: String,
    #[airbyte(not_secret)]
    city: String,
}

fn main() {}
