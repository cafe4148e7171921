//! Every word of the macros, where it is legal.

/// `#[airbyte(…)]` on the whole configuration.
pub(crate) const SPEC: &[&str] =
    &["title", "description", "documentation_url", "groups", "oauth_login", "crate"];

/// `#[airbyte(…)]` on a struct that is the type of a field.
pub(crate) const OBJECT: &[&str] = &["title", "description", "crate"];

/// Words whose parentheses hold no expressions.
pub(crate) const UNREAD: &[&str] = &["oauth_login"];

/// The parts of `oauth_login(…)`.
pub(crate) const OAUTH_LOGIN: &[&str] =
    &["predicate", "user_input", "output", "server_input", "server_output", "requests"];

/// The words of `requests(…)` in there; the first two must be there.
pub(crate) const REQUESTS: &[&str] = &[
    "consent_url",
    "access_token_url",
    "scope",
    "client_id_key",
    "client_secret_key",
    "scope_key",
    "state_key",
    "auth_code_key",
    "redirect_uri_key",
    "token_expiry_key",
];

/// `#[airbyte(…)]` on an enum of a configuration.
pub(crate) const CHOICE: &[&str] = &["title", "description", "tag", "display_type", "crate"];

/// The values of `display_type`.
pub(crate) const DISPLAY_TYPES: &[&str] = &["dropdown", "radio"];

/// `#[airbyte(…)]` on a variant.
pub(crate) const VARIANT: &[&str] = &["title", "description", "hidden"];

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
    "min_length",
    "max_length",
    "min_items",
    "max_items",
    "hidden",
    "multiline",
    "url",
    "allow_blank",
    "always_show",
    "group",
    "not_secret",
];

/// `#[airbyte_stream(…)]`.
pub(crate) const STREAM: &[&str] = &[
    "name",
    "namespace",
    "primary_key",
    "cursor",
    "on_null",
    "order",
    "older_state",
    "not_finite",
    "nested",
    "crate",
];

/// The values of `order`.
pub(crate) const ORDERS: &[&str] = &["ascending", "unordered"];

/// The values of `on_null`.
pub(crate) const ON_NULL: &[&str] = &["emit", "fail"];

/// The values of `not_finite`.
pub(crate) const NOT_FINITE: &[&str] = &["null", "fail"];

/// `#[serde(…)]` on a whole record.
pub(crate) const SERDE_OF_A_RECORD: &[&str] = &["rename_all"];

/// `#[airbyte_source(…)]`.
pub(crate) const SOURCE: &[&str] = &["check", "partitions", "rate_limit", "stop_when_exhausted", "crate"];

/// The stretches of time of a `rate_limit`.
pub(crate) const UNITS: &[&str] = &["second", "minute", "hour", "day"];

/// `#[airbyte(…)]` on a type that is only read.
pub(crate) const DESERIALIZE: &[&str] = &["crate"];
