use airbyte_sdk::airbyte_stream;

#[airbyte_stream(name = "days")]
struct Day<T> {
    day: T,
}

fn main() {}
