use airbyte_sdk::AirbyteSpec;

#[derive(AirbyteSpec)]
struct Config {
    #[airbyte(title = "City" hidden)]
    city: Option<String>,
}

fn main() {}
