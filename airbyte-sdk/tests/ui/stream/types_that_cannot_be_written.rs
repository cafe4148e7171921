use airbyte_sdk::airbyte_stream;
use std::marker::PhantomData;

#[airbyte_stream(name = "days")]
struct Day {
    id: u32,
    digest: [u8; 40],
    digests: Option<Vec<[u8; 64]>>,
    next: fn() -> u8,
    at: *const u8,
    callback: Option<Box<dyn Fn() -> u8>>,
    kind: PhantomData<u8>,
}

fn main() {}
