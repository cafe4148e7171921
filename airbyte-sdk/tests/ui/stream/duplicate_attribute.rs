use airbyte_sdk::airbyte_stream;

#[airbyte_stream(name = "days", name = "dates")]
struct Day {
    day: String,
}

fn main() {}
