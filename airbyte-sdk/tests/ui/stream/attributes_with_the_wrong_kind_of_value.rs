use airbyte_sdk::airbyte_stream;

#[airbyte_stream(name = 5, cursor, primary_key, namespace("a"))]
struct Day {
    day: String,
}

fn main() {}
