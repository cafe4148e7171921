use airbyte_sdk::airbyte_stream;
use std::time::SystemTime;

mod chrono {
    pub struct NaiveDate;
    pub struct NaiveDateTime;
    pub struct Utc;
    #[derive(Default)]
    pub struct DateTime<Zone>(pub Zone);
}

#[airbyte_stream(name = "days", cursor = changed)]
struct Day {
    day: chrono::NaiveDate,
    times: Vec<chrono::NaiveDateTime>,
    changed: Option<chrono::DateTime<chrono::Utc>>,
    seen: SystemTime,
}

fn main() {}
