//! The service that the connector reads from, and what to read from it.

use serde_json::{Value, json};
use stock_api_emulator::{Emulator, Settings};

pub(crate) const KEY: &str = "test-key-4711";

pub(crate) fn emulator_with(change: impl FnOnce(&mut Settings)) -> Emulator {
    let mut settings = Settings { api_key: KEY.to_owned(), ..Settings::default() };
    change(&mut settings);
    Emulator::start(settings).expect("a port on loopback")
}

/// What `discover` has answered, configured.
pub(crate) fn catalog(sync_mode: &str) -> Value {
    let catalog: Value = serde_json::from_str(include_str!("../catalog.json")).expect("a catalog");
    let stream = &catalog["streams"][0];
    json!({"streams": [{"stream": stream, "sync_mode": sync_mode, "destination_sync_mode": "append"}]})
}
