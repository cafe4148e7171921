use airbyte_sdk::{AirbyteSpec, Date};

#[derive(AirbyteSpec)]
struct Config {
    #[airbyte(examples("5", 6))]
    pages: u32,
    #[airbyte(examples(2024))]
    start: Option<Date>,
    #[airbyte(examples("open", 1))]
    states: Vec<String>,
}

fn main() {}
