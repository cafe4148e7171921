//! Write an Airbyte source connector as annotated structs and one fetch function.

// So that the macros work inside this crate as they do outside of it.
extern crate self as airbyte_sdk;

mod cli;
mod commands;
mod cursor;
mod emitter;
mod error;
pub mod http;
mod input;
mod output;
mod problems;
pub mod protocol;
mod run;
mod schema;
mod secret;
mod source;
pub mod spec;
pub mod stream;

#[cfg(feature = "testing")]
pub mod testing;

#[doc(hidden)]
pub mod __private;

pub use airbyte_macros::{AirbyteSpec, Deserialize, airbyte_source, airbyte_stream};
pub use emitter::Emitter;
pub use error::{Error, Result};
pub use http::Http;
pub use jiff::{self, Timestamp, civil::Date};
pub use secret::Secret;
pub use serde::de::Deserialize;
pub use source::Source;
pub use spec::AirbyteSpec;
pub use stream::Stream;

/// Logging: each line becomes a LOG message on stdout, with secrets removed.
pub mod log {
    pub use ::log::{debug, error, info, trace, warn};
}
