use airbyte_sdk::airbyte_stream;

#[airbyte_stream(name = "days", table)]
struct Day {
    day: String,
}

fn main() {}
