use airbyte_sdk::airbyte_stream;

#[airbyte_stream(name = "days", cursor = day, order = descending)]
struct Day {
    day: String,
}

fn main() {}
