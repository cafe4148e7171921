// Targets of the links in the README and in docs/*.md, which are files there. Of two definitions, the first one counts.
//! [`AirbyteSpec`]: derive@AirbyteSpec
//! [`airbyte_stream`]: macro@airbyte_stream
//! [`airbyte_source`]: macro@airbyte_source
//! [guide]: crate::guide
//! [first_connector]: crate::guide::first_connector
//! [cookbook]: crate::guide::cookbook
//! [forms]: crate::guide::forms
//! [records]: crate::guide::records
//! [testing]: crate::guide::testing
//! [windows]: crate::guide::windows
//! [children]: crate::guide::children
//! [parallel]: crate::guide::reading_in_parallel
//! [commands]: crate::guide::commands
//!
#![doc = include_str!("../README.md")]
//!
//! # The API
//!
//! | To | use |
//! | --- | --- |
//! | declare the configuration | [`#[derive(AirbyteSpec)]`](derive@AirbyteSpec), [`#[derive(ConfigValue)]`](derive@ConfigValue) for the types of its fields, [`Secret`] |
//! | declare a stream | [`#[airbyte_stream]`](macro@airbyte_stream); [`stream`] has types of columns |
//! | generate `main` | [`#[airbyte_source]`](macro@airbyte_source), or [`Source`] without a macro |
//! | fetch | [`Http`], with pagination, authentication and formats in [`http`]; [`DateRange`] for APIs that are read by day, [`windows`] for those that limit the range |
//! | emit records | [`Emitter`] |
//! | report errors, log | [`Error`], [`Result`], [`log`] |
//! | read JSON | [`Deserialize`](macro@Deserialize), [`DeserializeOwned`], [`serde_json`] |
//! | handle dates and times | [`Date`], [`Timestamp`], [`jiff`](https://docs.rs/jiff) |
//! | test | [`testing`] (feature `testing`) |
//!
//! A connector depends on this crate alone: [`jiff`](https://docs.rs/jiff) and [`serde_json`] are re-exported.

#![cfg_attr(docsrs, feature(doc_cfg))]

// The macros name the SDK `::airbyte_sdk`, in this crate too.
extern crate self as airbyte_sdk;

// The program: `main`, the command line, input files and signals.
mod run;
mod cli;
mod input;
mod signals;
mod early_exit;

// The four commands of the protocol.
mod commands;

// The API for connector authors.
mod source;
pub mod stream;
pub mod spec;
mod emitter;
mod date_range;
pub mod windows;
pub mod http;

// The read of a stream.
mod read_context;
mod ledger;
mod hold;
mod epoch;
mod cursor;
mod schema;

// Once in each run.
mod run_context;
mod saved_config;
mod output;

// The foundations.
mod secret;
mod scrubber;
mod problems;
mod json_text;
mod text_map;
mod panics;
mod error;
mod feed;
pub mod protocol;

#[cfg(any(test, feature = "testing"))]
pub mod testing;

/// Tools to test a connector: a mock server, runs of fetch functions and programs, snapshots, and the conformance suite.
///
/// **This documentation was built without the feature `testing`, so its items are missing.** The feature is for
/// `[dev-dependencies]`, which `cargo doc` does not read:
///
/// ```console
/// cargo add --dev airbyte-sdk --features testing
/// ```
///
/// [`guide::testing`] shows how to use it. To see its items here, build the documentation of your connector with
/// `cargo doc --open --features airbyte-sdk/testing`.
#[cfg(all(doc, not(any(test, feature = "testing"))))]
pub mod testing {}

// Documentation only.
#[cfg(any(doc, doctest))]
pub mod guide;

#[doc(hidden)]
pub mod __private;

#[cfg(fuzzing)]
#[doc(hidden)]
pub mod fuzzing;

pub use date_range::DateRange;
pub use emitter::Emitter;
pub use error::{Error, Result};
#[doc(inline)]
pub use http::Http;
pub use jiff;
#[doc(inline)]
pub use jiff::{Timestamp, civil::Date};
pub use secret::Secret;
#[doc(inline)]
pub use serde::de::{Deserialize, DeserializeOwned};
pub use serde_json;
pub use source::Source;
#[doc(inline)]
pub use spec::{AirbyteSpec, ConfigValue};
#[doc(inline)]
pub use stream::Stream;

/// [ConfigValue]: derive@ConfigValue
///
#[doc = include_str!("../docs/airbyte_spec.md")]
///
/// See also [`ConfigValue`](derive@ConfigValue), [`Secret`](struct@Secret), [`Date`](struct@Date), [`Timestamp`](struct@Timestamp), [`spec::OAuthLogin`].
pub use airbyte_macros::AirbyteSpec;

#[doc = include_str!("../docs/config_value.md")]
///
/// See also [`AirbyteSpec`](derive@AirbyteSpec), with the [attributes of a field](derive@AirbyteSpec#attributes-of-a-field-airbyte).
pub use airbyte_macros::ConfigValue;

#[doc = include_str!("../docs/airbyte_stream.md")]
///
/// See also [`Stream`](trait@Stream), [`stream`](mod@stream), [`Deserialize`](derive@Deserialize), [`Date`](struct@Date), [`Timestamp`](struct@Timestamp).
pub use airbyte_macros::airbyte_stream;

// They say what to write instead.
#[doc(hidden)]
pub use airbyte_macros::{AirbyteSource, AirbyteStream, airbyte_spec};

/// [Result]: crate::Result
/// [`Emitter`]: struct@Emitter
/// [`Product`]: crate::stream::Product
/// [replacing]: crate::guide::replacing_a_python_connector
/// [children]: crate::guide::children
/// [parallel]: crate::guide::reading_in_parallel
/// [windows]: crate::guide::windows
///
#[doc = include_str!("../docs/airbyte_source.md")]
pub use airbyte_macros::airbyte_source;

/// Derives [`Deserialize`](trait@Deserialize) for a type of an API's response, as serde's derive does, without a dependency on
/// the crate `serde`.
///
/// All attributes `#[serde(…)]` work, except `default` on a whole struct (on its fields it works). A type must own
/// its data; a generic type needs the crate `serde` itself.
///
/// ```
/// use airbyte_sdk::Deserialize;
///
/// #[derive(Deserialize)]
/// struct Page {
///     #[serde(rename = "nextUrl")]
///     next_url: Option<String>,
/// }
///
/// let page: Page = airbyte_sdk::serde_json::from_str(r#"{"nextUrl": "/2"}"#).unwrap();
/// assert_eq!(page.next_url.as_deref(), Some("/2"));
/// ```
pub use airbyte_macros::Deserialize;

/// Macros for logging. Each message becomes a LOG message on stdout, with secrets removed.
///
/// Use them instead of `println!`: stdout carries the protocol, and a line that is not a message breaks it.
pub mod log {
    pub use ::log::{debug, error, info, trace, warn};
}
