use airbyte_sdk::{Timestamp, airbyte_stream};

#[airbyte_stream(name = "visits", cursor = at, order = ascending)]
struct Visit {
    #[serde(with = "airbyte_sdk::jiff::fmt::serde::timestamp::second::required")]
    #[schemars(with = "i64")]
    at: Timestamp,
}

fn main() {}
