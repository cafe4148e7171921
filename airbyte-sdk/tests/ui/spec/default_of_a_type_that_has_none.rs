use airbyte_sdk::AirbyteSpec;

#[derive(AirbyteSpec)]
struct Config {
    #[serde(default)]
    region: Region,
    #[serde(default = "region()")]
    other: Region,
    #[serde(default)]
    #[airbyte(default = Region::Eu)]
    third: Region,
}

#[derive(AirbyteSpec)]
enum Region {
    Eu,
}

fn main() {}
