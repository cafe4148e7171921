//! The emulated API, and the catalog to read from it.

use jiff::civil::{Date, date};
use jiff::tz::Offset;
use serde_json::{Value, json};
use stock_api_emulator::{Emulator, Settings};

pub(crate) const KEY: &str = "test-key-4711";
/// The default last day to read: a Tuesday, with a trading day before each weekend around it. Tests must not depend on the
/// machine's date, so the configuration ends here and the emulator's clock stands still on the day after.
pub(crate) const LAST_DAY: Date = date(2026, 3, 31);

/// Returns an emulator whose clock is on the day after [`LAST_DAY`], unless `change` sets another clock.
pub(crate) fn emulator_with(change: impl FnOnce(&mut Settings)) -> Emulator {
    let noon = Offset::UTC.to_timestamp(LAST_DAY.saturating_add(jiff::ToSpan::day(1)).at(12, 0, 0, 0));
    let mut settings = Settings { api_key: KEY.to_owned(), clock: noon.ok(), ..Settings::default() };
    change(&mut settings);
    Emulator::start(settings).expect("a port on loopback")
}

/// Returns the discovered catalog, configured with this sync mode.
pub(crate) fn catalog(sync_mode: &str) -> Value {
    let catalog: Value = serde_json::from_str(include_str!("../catalog.json")).expect("a catalog");
    let stream = &catalog["streams"][0];
    json!({"streams": [{"stream": stream, "sync_mode": sync_mode, "destination_sync_mode": "append"}]})
}
