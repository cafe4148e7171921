use airbyte_sdk::airbyte_stream;

#[airbyte_stream(name = "days")]
struct Day<const LENGTH: usize> {
    id: u32,
    digest: [u8; LENGTH],
}

fn main() {}
