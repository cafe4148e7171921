use airbyte_sdk::{AirbyteSpec, Secret};

#[derive(AirbyteSpec)]
#[airbyte(oauth(output(access_token = token)))]
struct Config {
    #[airbyte(hidden)]
    page_size: u32,
    #[airbyte(hidden)]
    token: Secret,
    #[airbyte(hidden)]
    region: Option<Region>,
    #[airbyte(hidden)]
    #[serde(default)]
    city: String,
}

#[derive(AirbyteSpec)]
enum Region {
    Eu {
        #[airbyte(hidden)]
        city: String,
    },
}

fn main() {}
