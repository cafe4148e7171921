//! What `cargo acceptance` does, on the program.

use crate::common::*;
use airbyte_sdk::testing::conformance::{Acceptance, AcceptanceReport, Subject};
use stock_api_emulator::Settings;

/// Reads so far back that there is a state in the middle of the read: one comes after 10 000 records.
fn accept(far_back: &str, change: impl FnOnce(&mut Settings)) -> AcceptanceReport {
    let emulator = emulator_with(change);
    let config = config_since(&emulator.url(), "2026-01-02");
    let mut invalid = config.clone();
    invalid["api_key"] = "wrong-key-0815".into();
    let unreachable = config_since("http://127.0.0.1:1", "2026-01-02");
    let subject = Subject::new(env!("CARGO_BIN_EXE_source-stock-ticker-api")).skip_waits();
    Acceptance::new(subject, env!("CARGO_MANIFEST_DIR"))
        .config("secrets/valid_config.json", config)
        .config("secrets/invalid_config.json", invalid)
        .config("secrets/unreachable_config.json", unreachable)
        .config("secrets/long_config.json", config_since(&emulator.url(), far_back))
        .run()
}

#[test]
fn the_connector_is_accepted() {
    let report = accept("1980-01-02", |_| {});
    report.assert_passed();
    // Otherwise nothing has been resumed in the middle.
    assert!(report.to_string().contains("2 states, resumed from each"), "{report}");
}

/// The connector reads on from the day after the one it has, as the service has one price a day. With more of them it loses
/// some, which shows only where a state stands within a day.
#[test]
fn a_resumed_read_that_loses_records_is_not_accepted() {
    let report = accept("2012-01-03", |settings| settings.bars_per_day = 3);
    let text = report.to_string();
    let failed: Vec<_> = text.lines().filter(|line| line.contains("FAILED")).collect();
    assert!(failed.len() == 1 && failed[0].starts_with("incremental"), "{text}");
    assert!(text.contains("records are missing, one of stock_prices"), "{text}");
}
