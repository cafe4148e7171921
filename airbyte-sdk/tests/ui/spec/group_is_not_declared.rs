use airbyte_sdk::AirbyteSpec;

#[derive(AirbyteSpec)]
struct Config {
    #[airbyte(group = "login")]
    city: String,
}

fn main() {}
