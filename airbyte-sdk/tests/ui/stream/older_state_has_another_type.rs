use airbyte_sdk::{Date, Result, airbyte_stream};

#[airbyte_stream(name = "days", cursor = day, older_state = older)]
struct Day {
    day: Date,
}

fn older(_: &serde_json::Value, _: Option<&str>) -> Result<Option<i64>> {
    Ok(None)
}

fn main() {}
