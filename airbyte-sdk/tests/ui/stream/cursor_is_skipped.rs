use airbyte_sdk::{Timestamp, airbyte_stream};

#[airbyte_stream(name = "visits", primary_key(id), cursor = at)]
struct Visit {
    #[serde(skip_serializing)]
    id: u64,
    #[serde(skip)]
    at: Timestamp,
    city: String,
}

fn main() {}
