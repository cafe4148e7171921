use airbyte_sdk::airbyte_stream;

#[airbyte_stream(nested)]
struct Station {
    digest: [u8; 40],
    pair: (u8, fn() -> u8),
}

fn main() {}
