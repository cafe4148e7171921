use airbyte_sdk::AirbyteSpec;

use std::collections::HashMap;

#[derive(AirbyteSpec)]
struct Config {
    headers: HashMap<String, String>,
}

fn main() {}
