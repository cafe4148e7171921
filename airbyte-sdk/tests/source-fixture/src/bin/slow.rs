//! A source whose check takes longer than its deadline.

use renamed_sdk::{AirbyteSpec, Emitter, Result, Source, airbyte_stream};
use std::time::Duration;

#[derive(AirbyteSpec)]
#[airbyte(crate = ::renamed_sdk)]
struct Config {}

#[airbyte_stream(crate = ::renamed_sdk, name = "days")]
struct Day {
    day: u32,
}

fn fetch(_: &Config, out: &mut Emitter<Day>) -> Result<()> {
    std::thread::sleep(Duration::from_secs(600));
    out.emit(Day { day: 1 })
}

fn main() -> std::process::ExitCode {
    Source::new("source-slow", "0").full_refresh(fetch).deadline(Duration::from_millis(200)).run()
}
