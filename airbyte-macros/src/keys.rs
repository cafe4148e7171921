//! Every word of the macros, where it is legal.

/// `#[airbyte(…)]` on a configuration struct.
pub(crate) const SPEC: &[&str] = &["title", "description", "documentation_url", "groups", "crate"];

/// `#[airbyte(…)]` on a field of a configuration.
pub(crate) const FIELD: &[&str] = &[
    "title",
    "description",
    "examples",
    "default",
    "pattern",
    "pattern_descriptor",
    "min",
    "max",
    "hidden",
    "multiline",
    "always_show",
    "group",
    "not_secret",
];

/// `#[airbyte_stream(…)]`.
pub(crate) const STREAM: &[&str] =
    &["name", "namespace", "primary_key", "cursor", "order", "older_state", "crate"];

/// The values of `order`.
pub(crate) const ORDERS: &[&str] = &["ascending", "unordered"];

/// `#[airbyte_source(…)]`.
pub(crate) const SOURCE: &[&str] = &["check", "parts", "rate_limit", "stop_when_exhausted", "crate"];

/// The stretches of time of a `rate_limit`.
pub(crate) const UNITS: &[&str] = &["second", "minute", "hour", "day"];

/// `#[airbyte(…)]` on a type that is only read.
pub(crate) const DESERIALIZE: &[&str] = &["crate"];
