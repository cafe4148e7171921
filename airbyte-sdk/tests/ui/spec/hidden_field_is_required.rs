use airbyte_sdk::{AirbyteSpec, ConfigValue, Secret};

#[derive(AirbyteSpec)]
#[airbyte(oauth_login(output(access_token = token)))]
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

#[derive(ConfigValue)]
enum Region {
    Eu {
        #[airbyte(hidden)]
        city: String,
    },
}

fn main() {}
