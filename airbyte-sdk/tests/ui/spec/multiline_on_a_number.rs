use airbyte_sdk::AirbyteSpec;

#[derive(AirbyteSpec)]
struct Config {
    #[airbyte(multiline)]
    pages: u32,
}

fn main() {}
