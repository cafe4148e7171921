use airbyte_sdk::airbyte_stream;

#[airbyte_stream(name = "days", crate = airbyte_sdk)]
struct Day {
    day: String,
}

fn main() {}
