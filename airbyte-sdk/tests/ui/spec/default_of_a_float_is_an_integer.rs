use airbyte_sdk::AirbyteSpec;

#[derive(AirbyteSpec)]
struct Config {
    #[airbyte(default = 1)]
    rate: f64,
}

fn main() {}
