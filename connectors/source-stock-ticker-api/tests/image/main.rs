//! The image under the platform's contract, and under a person's hands. The emulator runs beside it on this machine.
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
    reason = "a test may panic in its helpers too, and reads what it likes"
)]

mod by_hand;
mod contents;
mod docker;
mod endings;
mod memory;
mod messages;
#[path = "../shared/metadata.rs"]
mod metadata;
mod platform;
mod pod;
#[path = "../shared/service.rs"]
mod service;
