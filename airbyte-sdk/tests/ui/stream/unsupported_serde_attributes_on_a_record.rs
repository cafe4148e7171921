use airbyte_sdk::airbyte_stream;

#[airbyte_stream(name = "days")]
#[serde(rename_all = "camelCase", transparent)]
struct Day {
    first_hour: String,
}

fn main() {}
