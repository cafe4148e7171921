//! For the tests of a connector: run its program as the platform does, and look at what came back.
//!
//! Needs the feature `testing`; put it into the dev-dependencies:
//!
//! ```toml
//! [dev-dependencies]
//! airbyte-sdk = { version = "…", features = ["testing"] }
//! ```
//!
//! Everything here panics when it cannot do its work, as tests want it.

mod client;
pub mod conformance;
mod folder;
mod golden;
mod launch;
mod run;
mod samples;
mod secrets;
mod types;

pub use client::http;
pub use golden::assert_golden;
pub use run::{Connector, Run};
pub use types::{assert_spec, assert_stream, spec_of, stream_of};
