use airbyte_sdk::{Timestamp, airbyte_stream};

#[airbyte_stream(name = "visits", cursor = meta.time)]
struct Visit {
    meta: Meta,
}

#[airbyte_stream(nested)]
struct Meta {
    at: Timestamp,
}

fn main() {}
