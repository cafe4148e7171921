//! Runs the same acceptance tests as `cargo acceptance`, on the program.

use crate::common::*;
use airbyte_sdk::testing::conformance::{Acceptance, AcceptanceReport, Subject};

/// `far_back` must be early enough for more than 10 000 bars: then a state is sent in the middle, at the end of a page.
fn accept(bars_per_day: u32, far_back: &str) -> AcceptanceReport {
    let emulator = emulator_with(|settings| {
        settings.bars_per_day = bars_per_day;
        settings.page_cap = Some(5_000);
    });
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
fn connector_passes_the_acceptance_tests() {
    let report = accept(1, "1980-01-02");
    report.assert_passed();
    // Otherwise no read was resumed from the middle.
    assert!(report.to_string().contains("2 states, resumed from each"), "{report}");
}

/// The connector resumes on the day after its position, since the API has one price per day. With more prices per day it
/// loses some if a state falls within a day, as it does here after 10 000 bars.
#[test]
fn resumed_read_that_loses_records_fails_the_acceptance_tests() {
    let report = accept(6, "2017-06-01");
    let text = report.to_string();
    let entry = text.split("\nincremental ").nth(1).and_then(|rest| rest.split("\nconformance ").next());
    assert!(
        entry.is_some_and(|entry| entry.contains("records are missing, such as one of stock_prices")),
        "{text}"
    );
    assert_eq!(text.matches("records are missing").count(), 1, "{text}");
    // All bars of a day have the same key, so a destination would keep only one.
    assert!(text.contains("was sent as two different records"), "{text}");
}
