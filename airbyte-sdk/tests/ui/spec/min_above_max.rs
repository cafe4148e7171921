use airbyte_sdk::AirbyteSpec;

#[derive(AirbyteSpec)]
struct Config {
    #[airbyte(min = 10, max = 1)]
    pages: u32,
    #[airbyte(min_length = 3, max_length = 2)]
    city: String,
    #[airbyte(min_items = 3, max_items = 2)]
    cities: Vec<String>,
}

fn main() {}
