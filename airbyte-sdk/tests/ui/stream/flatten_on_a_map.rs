use airbyte_sdk::airbyte_stream;
use std::collections::BTreeMap;

#[airbyte_stream(name = "visits")]
struct Visit {
    id: u64,
    #[serde(flatten)]
    more: BTreeMap<String, serde_json::Value>,
}

fn main() {}
