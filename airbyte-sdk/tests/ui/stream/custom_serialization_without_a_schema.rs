use airbyte_sdk::{Timestamp, airbyte_stream};

#[airbyte_stream(name = "visits")]
struct Visit {
    #[serde(with = "airbyte_sdk::jiff::fmt::serde::timestamp::second::required")]
    at: Timestamp,
}

fn main() {}
