use airbyte_sdk::AirbyteSpec;
use std::time::SystemTime;

mod chrono {
    pub struct NaiveDate;
    pub struct NaiveTime;
    pub struct Utc;
    pub struct DateTime<Zone>(pub Zone);
}

#[derive(AirbyteSpec)]
struct Config {
    start_date: chrono::NaiveDate,
    end: Option<chrono::DateTime<chrono::Utc>>,
    hour: chrono::NaiveTime,
    last: SystemTime,
}

fn main() {}
