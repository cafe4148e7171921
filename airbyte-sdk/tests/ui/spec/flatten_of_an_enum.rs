use airbyte_sdk::AirbyteSpec;

#[derive(AirbyteSpec)]
struct Config {
    #[serde(flatten)]
    region: Region,
    #[serde(flatten)]
    city: String,
}

#[derive(AirbyteSpec)]
enum Region {
    Eu,
}

fn main() {}
