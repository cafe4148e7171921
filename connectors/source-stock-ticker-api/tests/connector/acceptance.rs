//! What `cargo acceptance` does, on the program.

use crate::common::*;
use airbyte_sdk::testing::conformance::{Acceptance, AcceptanceReport, Subject};

/// Reads from so far back that there are more than 10 000 bars. After so many a state is due, and it comes at the end of a page.
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
    // Otherwise nothing has been resumed in the middle.
    assert!(report.to_string().contains("2 states, resumed from each"), "{report}");
}

/// The connector reads on from the day after the one it has, as the service has one price a day. With more of them it loses
/// some, which shows only where a state stands within a day, as 10 000 bars do here.
#[test]
fn resumed_read_that_loses_records_fails_the_acceptance_tests() {
    let report = accept(6, "2017-06-01");
    let text = report.to_string();
    let entry = text.split("\nincremental ").nth(1).and_then(|rest| rest.split("\nconformance ").next());
    assert!(entry.is_some_and(|entry| entry.contains("records are missing, one of stock_prices")), "{text}");
    assert_eq!(text.matches("records are missing").count(), 1, "{text}");
    // The bars of a day have one key, and a destination would keep one of them.
    assert!(text.contains("are two different records"), "{text}");
}
