use airbyte_sdk::AirbyteSpec;

use std::collections::{BTreeMap, HashSet};

#[derive(AirbyteSpec)]
struct Config {
    headers: BTreeMap<String, String>,
    any: Option<serde_json::Value>,
    names: HashSet<String>,
    size: usize,
}

fn main() {}
