use airbyte_sdk::{Timestamp, airbyte_stream};

#[airbyte_stream(name = "visits", cursor = at, on_null = emit)]
struct Visit {
    at: Timestamp,
}

fn main() {}
