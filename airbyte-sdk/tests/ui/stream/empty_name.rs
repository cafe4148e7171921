use airbyte_sdk::airbyte_stream;

#[airbyte_stream(name = "")]
struct Day {
    day: String,
}

fn main() {}
