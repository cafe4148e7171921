use airbyte_sdk::AirbyteSpec;

#[derive(AirbyteSpec)]
struct Config {
    paging: Paging,
    pagings: Vec<Paging>,
}

struct Paging {
    size: u32,
}

fn main() {}
