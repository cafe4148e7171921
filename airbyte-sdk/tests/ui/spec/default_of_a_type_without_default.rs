use airbyte_sdk::AirbyteSpec;

#[derive(AirbyteSpec)]
struct Config {
    #[serde(default)]
    region: Region,
    #[serde(skip)]
    cache: Region,
}

#[derive(AirbyteSpec)]
enum Region {
    Eu,
}

fn main() {}
