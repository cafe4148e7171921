//! The arguments of `cargo image`.
#![allow(clippy::unwrap_used, reason = "this is a test")]

use std::process::Command;

#[test]
fn missing_or_unknown_connector_is_an_error() {
    for (arguments, expected) in [
        (&["image"][..], "the name of the connector is missing"),
        (&["image", "--quiet"], "the name of the connector is missing"),
        (&["image", "source-stock"], "there is no connector `source-stock`"),
        (&["image", "../xtask"], "there is no connector `../xtask`"),
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_xtask")).args(arguments).output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && output.stdout.is_empty(), "{arguments:?}: {stderr}");
        assert!(
            stderr.contains(expected) && stderr.contains("`source-stock-ticker-api`"),
            "{arguments:?}: {stderr}"
        );
    }
}
