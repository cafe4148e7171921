//! Write an [Airbyte](https://airbyte.com) source connector as annotated structs and one fetch function.
//!
//! ```no_run
//! use airbyte_sdk::{AirbyteSpec, Date, Deserialize, Emitter, Result, Secret, airbyte_source, airbyte_stream};
//!
//! /// What the user fills in.
//! #[derive(AirbyteSpec)]
//! struct Config {
//!     /// The city to follow
//!     city: String,
//!     /// The key of your account
//!     api_key: Secret,
//! }
//!
//! /// One day's weather.
//! #[airbyte_stream(name = "weather", primary_key(day), cursor = day, order = ascending)]
//! struct Weather {
//!     day: Date,
//!     degrees: f64,
//! }
//!
//! #[derive(Deserialize)]
//! struct Answer {
//!     day: Date,
//!     degrees: f64,
//! }
//!
//! #[airbyte_source]
//! fn fetch(config: &Config, since: Option<Date>, out: &mut Emitter<Weather>) -> Result<()> {
//!     let mut request = out.http().get("https://weather.example/days").query("city", &config.city);
//!     if let Some(day) = since {
//!         request = request.query("from", day);
//!     }
//!     let days: Vec<Answer> = request.bearer(&config.api_key).json()?;
//!     for Answer { day, degrees } in days {
//!         out.emit(Weather { day, degrees })?;
//!     }
//!     Ok(())
//! }
//! ```
//!
//! That is a whole connector. Its program has the four commands of the Airbyte protocol:
//!
//! | command | answers |
//! | --- | --- |
//! | `spec` | what is to be configured: a JSON Schema made from `Config` |
//! | `check --config FILE` | whether a configuration works |
//! | `discover --config FILE` | which streams there are: a catalog made from `Weather` |
//! | `read --config FILE --catalog FILE [--state FILE]` | the records, and states by which a later read goes on |
//!
//! What the protocol asks for besides is done by the SDK: one message a line, statuses, record counts, states that
//! never run ahead of their records, errors sorted by who must act, secrets kept out of every message, and exit codes.
//!
//! # Where to go on
//!
//! - [`AirbyteSpec`](derive@AirbyteSpec), [`#[airbyte_stream]`](macro@airbyte_stream) and
//!   [`#[airbyte_source]`](macro@airbyte_source) have a table of their words each.
//! - [`guide`] shows each construct beside the form or the catalog it becomes, and each mistake beside what the compiler
//!   says to it.
//! - [`guide::cookbook`] has a recipe for each way of paging, signing in and reading an answer.
//! - [`Emitter`] takes the records; [`Http`] fetches; [`Days`] says which days to ask for; [`Error`] is made by its
//!   category.
//! - [`Source`] is what the macro writes, for those who prefer to write it themselves.

// So that the macros work inside this crate as they do outside of it.
extern crate self as airbyte_sdk;

// The way in.
mod run;
mod cli;
mod input;
mod signals;

// The four verbs: values in, messages out.
mod commands;

// What an author meets.
mod source;
pub mod stream;
pub mod spec;
mod emitter;
mod days;

// What they stand on.
mod cursor;
pub mod http;
mod output;
mod schema;
mod secret;
mod problems;
mod error;
pub mod protocol;

#[cfg(feature = "testing")]
pub mod testing;

// Only to be read.
#[cfg(any(doc, doctest))]
pub mod guide;

#[doc(hidden)]
pub mod __private;

pub use days::Days;
pub use emitter::Emitter;
pub use error::{Error, Result};
pub use http::Http;
pub use jiff::{self, Timestamp, civil::Date};
pub use secret::Secret;
pub use source::Source;
pub use spec::AirbyteSpec;
pub use stream::Stream;

#[doc(no_inline)]
pub use serde::de::Deserialize;

#[doc = include_str!("../docs/airbyte_spec.md")]
pub use airbyte_macros::AirbyteSpec;

#[doc = include_str!("../docs/airbyte_stream.md")]
pub use airbyte_macros::airbyte_stream;

#[doc = include_str!("../docs/airbyte_source.md")]
pub use airbyte_macros::airbyte_source;

/// serde's derive for the answers of a service, for crates that depend on the SDK alone.
///
/// All of `#[serde(…)]` works but `default` on a whole struct (on its fields it does). A type with generics or lifetimes
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
