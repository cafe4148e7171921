use airbyte_sdk::AirbyteSpec;

#[derive(AirbyteSpec)]
struct Config {
    city: City,
    region: Region,
    #[serde(flatten)]
    paging: Paging,
}

#[derive(AirbyteSpec)]
struct City {
    name: String,
}

#[derive(AirbyteSpec)]
enum Region {
    Eu,
    Us,
}

#[derive(AirbyteSpec)]
struct Paging {
    page_size: u32,
}

fn main() {}
