use airbyte_sdk::AirbyteSpec;

#[derive(AirbyteSpec)]
struct Config {
    #[airbyte(required, name = "town")]
    city: String,
    #[airbyte(optional, format = "email")]
    contact: String,
    #[airbyte(minimum = 1, maximum = 10)]
    pages: u32,
}

fn main() {}
