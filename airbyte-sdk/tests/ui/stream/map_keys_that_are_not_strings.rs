use airbyte_sdk::airbyte_stream;
use std::collections::{BTreeMap, HashMap};

#[airbyte_stream(name = "visits")]
struct Visit {
    by_list: HashMap<Vec<i64>, i64>,
    by_pair: BTreeMap<(i64, i64), i64>,
    by_array: Option<Vec<BTreeMap<[u8; 2], String>>>,
    perhaps: BTreeMap<String, BTreeMap<Option<i64>, i64>>,
    by_number: BTreeMap<i64, i64>,
    within: Within,
}

#[airbyte_stream(nested)]
struct Within {
    boxed: BTreeMap<Box<[i64]>, i64>,
}

fn main() {}
