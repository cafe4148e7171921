//! What generated code may name, and nobody else. It can change with any version.

pub use crate::error::Result as SdkResult;
pub use crate::http::RateLimit;
pub use crate::http::rate_limit::limits;
pub use crate::protocol::OAuthConnectorInputSpecification;
pub use crate::schema::of_record;
pub use crate::source::Source;
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

/// Stands in for the function that serde writes for a type, after serde found a mistake in it and wrote none. Without it
/// the compiler would report the missing function as well.
pub trait Unread: Sized {
    /// Never called: the program is not built. A function of the type itself comes first.
    fn deserialize<'de, T, D: serde::Deserializer<'de>>(_: D) -> Result<T, D::Error> {
        Err(serde::de::Error::custom(""))
    }
}

impl<T> Unread for T {}

/// What a schema is.
pub type JsonObject = serde_json::Map<String, serde_json::Value>;

/// An object as the spec shows it: without what is null, and with what stands under the empty key in line.
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
