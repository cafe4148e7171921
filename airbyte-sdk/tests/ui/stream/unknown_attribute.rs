use airbyte_sdk::airbyte_stream;

#[airbyte_stream(name = "days", primary_keys(day))]
struct Day {
    day: String,
}

fn main() {}
