use airbyte_sdk::AirbyteSpec;

#[derive(AirbyteSpec)]
struct Config<const LENGTH: usize> {
    digest: [u8; LENGTH],
}

fn main() {}
