use airbyte_sdk::AirbyteSpec;

#[derive(AirbyteSpec)]
struct Config {
    #[airbyte(default = 5, min = 10, max = 1, examples(4))]
    pages: u32,
    #[airbyte(default = 2.5, max = 1)]
    rows: u32,
    #[airbyte(min_length = "3", max_length = 1)]
    level: u8,
    #[airbyte(pattern = "[a-z", default = "Rome", min_items = -1)]
    city: String,
    #[airbyte(default = 5, max = 1)]
    most: Option<u32>,
}

fn main() {}
