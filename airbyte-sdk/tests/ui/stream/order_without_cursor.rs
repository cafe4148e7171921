use airbyte_sdk::airbyte_stream;

#[airbyte_stream(name = "days", order = ascending)]
struct Day {
    day: String,
}

fn main() {}
