use airbyte_sdk::airbyte_stream;
use airbyte_sdk::stream::Binary;
use std::collections::BTreeMap;

#[airbyte_stream(name = "visits", primary_key(list, map, number, any, binary))]
struct Visit {
    list: Vec<String>,
    map: BTreeMap<String, String>,
    number: f64,
    any: serde_json::Value,
    binary: Binary,
}

fn main() {}
