use airbyte_sdk::AirbyteSpec;
use std::marker::PhantomData;

#[derive(AirbyteSpec)]
struct Config {
    digest: [u8; 40],
    pair: (u8, u8),
    callback: fn() -> u8,
    city: &'static str,
    next: Option<fn() -> u8>,
    cities: Vec<&'static str>,
    kind: PhantomData<u8>,
}

fn main() {}
