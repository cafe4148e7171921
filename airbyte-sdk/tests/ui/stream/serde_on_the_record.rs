use airbyte_sdk::airbyte_stream;

#[airbyte_stream(name = "days")]
#[serde(rename_all = "camelCase")]
struct Day {
    first_hour: String,
}

fn main() {}
