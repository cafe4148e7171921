//! The connector as a program: run against the emulator, judged by what it writes. One program, so that it is linked
//! once.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a test may panic in its helpers too, and reads what it likes"
)]

mod acceptance;
mod bad_input;
mod common;
mod conformance;
mod dates;
mod generated_files;
mod hostile;
mod input_files;
#[path = "../shared/metadata.rs"]
mod metadata;
mod packaging;
mod reading;
mod refusals;
#[path = "../shared/service.rs"]
mod service;
mod states;
mod trouble;
