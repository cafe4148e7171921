//! What generated code may name, and nobody else. It can change with any version.

pub use crate::schema::of_record;
pub use core::option::Option::{self, None, Some};
pub use core::result::Result::{self, Err, Ok};
pub use core::{compile_error, convert::Into, env, marker::Sized};
pub use schemars;
pub use serde;
pub use serde_json;
pub use std::process::ExitCode;
