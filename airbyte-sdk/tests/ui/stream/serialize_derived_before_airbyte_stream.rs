use airbyte_sdk::airbyte_stream;

#[derive(serde::Serialize)]
#[airbyte_stream(name = "days")]
struct Day {
    day: String,
}

fn main() {}
