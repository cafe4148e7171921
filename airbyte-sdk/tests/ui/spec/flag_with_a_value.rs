use airbyte_sdk::AirbyteSpec;

#[derive(AirbyteSpec)]
struct Config {
    #[airbyte(hidden = true)]
    city: Option<String>,
}

fn main() {}
