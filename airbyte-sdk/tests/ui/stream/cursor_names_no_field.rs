use airbyte_sdk::airbyte_stream;

#[airbyte_stream(name = "days", cursor = dya)]
struct Day {
    day: String,
    city: String,
}

fn main() {}
