use airbyte_sdk::AirbyteSpec;

#[derive(AirbyteSpec)]
struct Config {
    #[airbyte(min = 3)]
    city: String,
}

fn main() {}
