use airbyte_sdk::AirbyteSpec;

#[derive(AirbyteSpec)]
struct Config {
    #[airbyte(pattern = "^[0-9]+$")]
    pages: u32,
}

fn main() {}
