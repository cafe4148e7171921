use airbyte_sdk::AirbyteSpec;

#[derive(AirbyteSpec)]
struct Config {
    #[airbyte(max = "10")]
    pages: u32,
}

fn main() {}
