use airbyte_sdk::AirbyteSpec;

#[derive(AirbyteSpec)]
struct Config {
    #[airbyte = "hidden"]
    city: String,
}

fn main() {}
