use airbyte_sdk::AirbyteSpec;

#[derive(AirbyteSpec)]
struct Config {
    rows: Vec<Vec<String>>,
    gaps: Vec<Option<String>>,
    switches: Vec<bool>,
    maybe: Option<Option<String>>,
}

fn main() {}
