use airbyte_sdk::AirbyteSpec;

use std::path::PathBuf;

#[derive(AirbyteSpec)]
struct Config {
    file: PathBuf,
}

fn main() {}
