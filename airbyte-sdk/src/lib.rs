#![doc = include_str!("../README.md")]
//!
//! # Where to go on
//!
//! - [`AirbyteSpec`](derive@AirbyteSpec), [`ConfigValue`](derive@ConfigValue), [`#[airbyte_stream]`](macro@airbyte_stream) and
//!   [`#[airbyte_source]`](macro@airbyte_source) each have a table of their attributes.
//! - [`guide`] shows each construct beside the form or the catalog it becomes.
//! - [`guide::cookbook`] has a recipe for each way of paging, signing in and reading an answer.
//! - [`Emitter`] takes the records; [`Http`] fetches; [`DateRange`] says which days to ask for; [`Error`] is made by its
//!   category.
//! - [`Source`] is what the macro writes, for those who prefer to write it themselves.

#![cfg_attr(docsrs, feature(doc_cfg))]

// So that the macros work inside this crate as they do outside of it.
extern crate self as airbyte_sdk;

// The way in.
mod run;
mod cli;
mod input;
mod signals;
mod early_exit;

// The four verbs: values in, messages out.
mod commands;

// What an author meets.
mod source;
pub mod stream;
pub mod spec;
mod emitter;
mod date_range;
pub mod http;

// What the read of a stream stands on.
mod read_context;
mod ledger;
mod hold;
mod pulse;
mod cursor;
mod schema;

// What a run has once.
mod run_context;
mod saved_config;
mod output;

// What everything stands on.
mod secret;
mod scrubber;
mod problems;
mod panics;
mod error;
pub mod protocol;

#[cfg(any(test, feature = "testing"))]
pub mod testing;

// Only to be read.
#[cfg(any(doc, doctest))]
pub mod guide;

#[doc(hidden)]
pub mod __private;

pub use date_range::DateRange;
pub use emitter::Emitter;
pub use error::{Error, Result};
pub use http::Http;
pub use jiff::{self, Timestamp, civil::Date};
pub use secret::Secret;
pub use source::Source;
pub use spec::{AirbyteSpec, ConfigValue};
pub use stream::Stream;

#[doc(no_inline)]
pub use serde::de::Deserialize;

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

#[doc = include_str!("../docs/airbyte_source.md")]
pub use airbyte_macros::airbyte_source;

/// serde's derive for the answers of a service, for crates that depend on the SDK alone.
///
/// All of `#[serde(…)]` works but `default` on a whole struct (on its fields it does). A type must own its data; a generic type
/// needs the `serde` crate itself.
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
/// let page: Page = serde_json::from_str(r#"{"nextUrl": "/2"}"#).unwrap();
/// assert_eq!(page.next_url.as_deref(), Some("/2"));
/// ```
pub use airbyte_macros::Deserialize;

/// Logging: each line becomes a LOG message on stdout, with secrets removed.
pub mod log {
    pub use ::log::{debug, error, info, trace, warn};
}
