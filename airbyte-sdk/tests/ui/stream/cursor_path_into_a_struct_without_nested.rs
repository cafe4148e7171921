use airbyte_sdk::{Timestamp, airbyte_stream};

#[airbyte_stream(name = "visits", cursor = meta.at)]
struct Visit {
    meta: Meta,
}

#[derive(serde::Serialize, schemars::JsonSchema)]
struct Meta {
    at: Timestamp,
}

fn main() {}
