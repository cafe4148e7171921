use airbyte_sdk::AirbyteSpec;

#[derive(AirbyteSpec)]
struct Config {
    #[airbyte(colour = "red")]
    city: String,
}

fn main() {}
