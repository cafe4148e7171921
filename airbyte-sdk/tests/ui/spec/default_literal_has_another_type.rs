use airbyte_sdk::AirbyteSpec;

#[derive(AirbyteSpec)]
struct Config {
    #[airbyte(default = 5)]
    city: String,
}

fn main() {}
