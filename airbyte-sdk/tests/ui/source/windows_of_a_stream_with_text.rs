#![allow(unused)]

use airbyte_sdk::jiff::ToSpan;
use airbyte_sdk::windows::{Steps, Window};
use airbyte_sdk::{AirbyteSpec, Date, Emitter, Result, Timestamp, airbyte_source, airbyte_stream};

#[derive(AirbyteSpec)]
struct Config {
    start_date: Date,
}

#[airbyte_stream(name = "orders", cursor = updated_at)]
struct Order {
    updated_at: Timestamp,
}

#[airbyte_stream(name = "texts", cursor = text)]
struct Text {
    text: String,
}

#[airbyte_source]
impl Config {
    #[windows(of_texts)]
    fn texts(&self, window: &Window<String>, out: &mut Emitter<Text>) -> Result<()> {
        Ok(())
    }

    fn of_texts(&self, since: Option<String>, out: &mut Emitter<Text>) -> Result<Steps<String>> {
        out.windows(since, self.start_date).steps(1.month())
    }
}
