use airbyte_sdk::{Timestamp, airbyte_stream};
use std::collections::BTreeMap;

#[airbyte_stream(name = "visits", primary_key(pages.id), cursor = times.at)]
struct Visit {
    pages: Vec<Page>,
    times: BTreeMap<String, Time>,
}

#[airbyte_stream(nested)]
struct Page {
    id: u64,
}

#[airbyte_stream(nested)]
struct Time {
    at: Timestamp,
}

fn main() {}
