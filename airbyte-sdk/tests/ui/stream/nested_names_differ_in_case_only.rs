use airbyte_sdk::airbyte_stream;

#[airbyte_stream(nested)]
struct Visit {
    id: u64,
    #[serde(rename = "Id")]
    other: u64,
}

fn main() {}
