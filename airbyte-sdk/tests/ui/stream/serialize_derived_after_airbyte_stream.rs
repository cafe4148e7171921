use airbyte_sdk::airbyte_stream;

#[airbyte_stream(name = "days")]
#[derive(Clone, serde::Serialize)]
struct Day {
    day: String,
}

fn main() {}
