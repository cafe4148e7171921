use airbyte_sdk::airbyte_stream;

const LENGTH: usize = 40;

#[airbyte_stream(name = "days")]
struct Day {
    id: u32,
    digest: [u8; LENGTH],
}

fn main() {}
