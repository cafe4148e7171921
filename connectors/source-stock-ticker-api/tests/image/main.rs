//! Tests the image as the platform runs it, and as users run it. The emulator runs on the same machine.
//!
//! ```console
//! cargo image source-stock-ticker-api     # builds the image
//! cargo test-image                        # runs these tests
//! ```
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test may panic in its helpers and read files"
)]

#[path = "../shared/api.rs"]
mod api;
mod contents;
mod docker;
mod docker_run;
mod memory;
mod messages;
#[path = "../shared/metadata.rs"]
mod metadata;
mod platform;
mod pod;
mod shutdown;
