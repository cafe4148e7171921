#![doc = include_str!("../README.md")]

mod credential_names;
mod patterns;

pub use self::credential_names::is_credential;
pub use self::patterns::{Pattern, PatternError};
