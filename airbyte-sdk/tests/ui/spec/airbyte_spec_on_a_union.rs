use airbyte_sdk::AirbyteSpec;

#[derive(AirbyteSpec)]
union Config {
    id: u32,
    name: i32,
}

fn main() {}
