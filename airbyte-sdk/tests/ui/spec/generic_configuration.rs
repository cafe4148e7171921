use airbyte_sdk::AirbyteSpec;

#[derive(AirbyteSpec)]
struct Config<T> {
    city: T,
}

fn main() {}
