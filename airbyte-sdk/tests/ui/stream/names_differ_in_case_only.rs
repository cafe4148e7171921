use airbyte_sdk::airbyte_stream;

#[airbyte_stream(name = "visits")]
struct Visit {
    id: u64,
    #[serde(rename = "ID")]
    other: u64,
}

fn main() {}
