use airbyte_sdk::AirbyteSpec;

#[derive(AirbyteSpec)]
struct Config {
    #[serde(flatten)]
    paging: Option<Paging>,
}

#[derive(AirbyteSpec)]
struct Paging {
    size: u32,
}

fn main() {}
