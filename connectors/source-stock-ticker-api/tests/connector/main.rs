//! Runs the connector's program against the emulator and checks its output. One test binary, so that it is linked only once.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a test may panic in its helpers and read files"
)]

mod acceptance;
#[path = "../shared/api.rs"]
mod api;
mod bad_input;
mod common;
mod conformance;
mod dates;
mod error_responses;
mod failures;
mod generated_files;
mod hostile;
mod input_files;
#[path = "../shared/metadata.rs"]
mod metadata;
mod packaging;
mod reading;
mod states;
