use airbyte_sdk::AirbyteSpec;

#[derive(AirbyteSpec)]
struct Config {
    #[airbyte(min_length = 3)]
    pages: u32,
    #[airbyte(max_items = 3)]
    city: String,
    #[airbyte(max_length = "3")]
    name: String,
    #[airbyte(min_items = -1)]
    names: Vec<String>,
}

fn main() {}
