use airbyte_sdk::AirbyteSpec;

#[derive(AirbyteSpec)]
struct Config {
    #[airbyte(default = "eu")]
    region: Region,
}

#[derive(AirbyteSpec)]
enum Region {
    Eu,
}

fn main() {}
