use airbyte_sdk::airbyte_stream;

#[airbyte_stream(name = "days", primary_key("day"), cursor = "day")]
struct Day {
    day: String,
}

fn main() {}
