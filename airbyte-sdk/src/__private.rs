//! The items that generated code uses. Not public API: it may change in any version.

pub use crate::error::Result as SdkResult;
pub use crate::http::RateLimit;
pub use crate::http::rate_limit::limits;
pub use crate::protocol::OAuthConnectorInputSpecification;
pub use crate::schema::of_record;
pub use crate::source::signatures::{check, emit_returned, fetched, list, since};
pub use crate::source::{Source, parent_has_key};
pub use crate::spec::deferred_bounds::{
    Believed, Described, DescriptionOf, NestedValue, Undescribed, WholeSpec,
};
pub use crate::spec::{
    AirbyteSpec, ConfigValue, Field, Fields, Form, OAuthLogin, OneOf, Shape, Shaped, Variant, Withheld,
};
pub use crate::stream::column::{Column, Described as DescribedColumn};
pub use crate::stream::nested::{NestedField, field};
pub use crate::stream::{CursorField, NoCursor, NotFinite, OnNull, Order, Stream};
pub use core::assert;
pub use core::convert::Into;
pub use core::default::Default;
pub use core::env;
pub use core::option::Option::{self, None, Some};
pub use core::result::Result;
pub use schemars;
pub use serde;
pub use serde_json::Value;
pub use std::process::ExitCode;
pub use std::vec::Vec;

/// The fallback for the function that serde generates for a type. If serde reports a mistake it generates none, and
/// without this trait the compiler would report the missing function as well.
pub trait Unread: Sized {
    /// Never called, because the program does not compile. Inherent functions take precedence.
    fn deserialize<'de, T, D: serde::Deserializer<'de>>(_: D) -> Result<T, D::Error> {
        Err(serde::de::Error::custom(""))
    }
}

impl<T> Unread for T {}

/// The type of a JSON Schema.
pub type JsonObject = serde_json::Map<String, serde_json::Value>;

/// Builds an object of a default: drops null values, and merges the object under the empty key (`flatten`) into it.
pub fn object<const N: usize>(entries: [(&str, Value); N]) -> Value {
    let mut object = JsonObject::new();
    for (key, value) in entries {
        match value {
            Value::Null => {}
            Value::Object(inner) if key.is_empty() => object.extend(inner),
            value => drop(object.insert(key.to_owned(), value)),
        }
    }
    object.into()
}
