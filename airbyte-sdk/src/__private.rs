//! What generated code may name, and nobody else. It can change with any version.

pub use crate::schema::of_record;
pub use crate::source::Source;
pub use crate::spec::{AirbyteSpec, Field, Form};
pub use crate::stream::{CursorField, NoCursor, Order, Stream};
pub use core::convert::Into;
pub use core::env;
pub use core::option::Option::{self, None, Some};
pub use core::result::Result;
pub use schemars;
pub use serde;
pub use std::process::ExitCode;

/// What a schema is.
pub type JsonObject = serde_json::Map<String, serde_json::Value>;
