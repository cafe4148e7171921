use airbyte_sdk::AirbyteSpec;

#[derive(AirbyteSpec)]
enum Login {
    Pair(String, u32),
    Nothing(),
    Nobody,
}

fn main() {}
