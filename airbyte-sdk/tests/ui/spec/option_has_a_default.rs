use airbyte_sdk::AirbyteSpec;

#[derive(AirbyteSpec)]
struct Config {
    #[airbyte(default = 5)]
    pages: Option<u32>,
}

fn main() {}
