use airbyte_sdk::{AirbyteSpec, Secret};

#[derive(AirbyteSpec)]
struct Config {
    #[airbyte(examples(None::<Secret>))]
    city: String,
}

fn main() {}
