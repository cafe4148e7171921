//! For the tests of a connector: an API to test against, a run of one fetch function, and runs of the whole program.
//!
//! Needs the feature `testing`; put it into the dev-dependencies:
//!
//! ```toml
//! [dev-dependencies]
//! airbyte-sdk = { version = "…", features = ["testing"] }
//! ```
//!
//! | to test | use |
//! | --- | --- |
//! | a function that takes an [`Http`](crate::Http) | [`http`], and a [`Server`] in the place of the API |
//! | a fetch function | [`fetch`], and a [`Server`] |
//! | the program, as the platform runs it | [`Connector`], and a [`Server`] |
//! | whether the program follows the protocol | [`conformance`] |
//! | the specification and the catalog | [`assert_golden`], [`spec_of`], [`stream_of`], [`assert_spec`], [`assert_stream`] |
//!
//! Everything here panics when it cannot do its work, as tests want it.

// The SDK's own tests need the server without the feature too.
pub mod server;

#[cfg(feature = "testing")]
mod client;
#[cfg(feature = "testing")]
mod fetch;
#[cfg(feature = "testing")]
mod golden;
#[cfg(feature = "testing")]
mod samples;
#[cfg(feature = "testing")]
mod types;

pub use server::Server;

#[cfg(feature = "testing")]
pub use airbyte_conformance::{Connector, Run};
#[cfg(feature = "testing")]
pub use client::http;
#[cfg(feature = "testing")]
pub use fetch::{Fetched, fetch};
#[cfg(feature = "testing")]
pub use golden::assert_golden;
#[cfg(feature = "testing")]
pub use types::{assert_spec, assert_stream, spec_of, stream_of};

/// The conformance suite, which checks a connector against the rules of the protocol. It is the crate
/// [`airbyte-conformance`](https://docs.rs/airbyte-conformance), for connectors in any language.
#[cfg(feature = "testing")]
pub mod conformance {
    pub use airbyte_conformance::{Acceptance, AcceptanceReport, Outcome, Report, Subject, Verdict};
}
