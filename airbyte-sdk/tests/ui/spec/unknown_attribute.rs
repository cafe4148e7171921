use airbyte_sdk::AirbyteSpec;

#[derive(AirbyteSpec)]
struct Config {
    #[airbyte(titel = "City")]
    city: String,
}

fn main() {}
