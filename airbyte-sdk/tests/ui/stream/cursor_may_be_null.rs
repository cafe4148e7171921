use airbyte_sdk::{Timestamp, airbyte_stream};

#[airbyte_stream(name = "visits", cursor = at)]
struct Visit {
    at: Option<Timestamp>,
}

fn main() {}
