//! Runs the conformance suite on the connector.

use crate::common::*;
use airbyte_sdk::testing::conformance::Subject;

#[test]
fn connector_conforms_to_the_protocol() {
    let emulator = emulator();
    let mut invalid = config(&emulator.url());
    invalid["api_key"] = "wrong-key-0815".into();
    let unreachable = config("http://127.0.0.1:1"); // no server listens there
    Subject::new(env!("CARGO_BIN_EXE_source-stock-ticker-api"))
        .config(config_since(&emulator.url(), "2024-01-02"))
        .invalid_config(invalid)
        .unreachable_config(unreachable)
        .secrets([KEY, "wrong-key-0815"])
        .skip_waits()
        .assert_conforms();
}
