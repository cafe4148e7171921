use airbyte_sdk::{AirbyteSpec, Secret};

#[derive(AirbyteSpec)]
enum Login {
    Key(Secret),
    Keys(Vec<String>),
    Nobody,
}

fn main() {}
