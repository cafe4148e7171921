//! The names of all attributes, by where they may stand.

/// `#[airbyte(…)]` on the whole configuration.
pub(crate) const SPEC: &[&str] =
    &["title", "description", "documentation_url", "groups", "oauth_login", "crate"];

/// `#[airbyte(…)]` on a struct that is the type of a field.
pub(crate) const OBJECT: &[&str] = &["title", "description", "crate"];

/// Attributes whose parentheses hold no expressions.
pub(crate) const UNREAD: &[&str] = &["oauth_login"];

/// The parts of `oauth_login(…)`.
pub(crate) const OAUTH_LOGIN: &[&str] =
    &["predicate", "user_input", "output", "server_input", "server_output", "requests"];

/// The attributes in `requests(…)` in there; the first two are required.
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

/// `#[serde(…)]` on a whole record.
pub(crate) const SERDE_OF_A_RECORD: &[&str] = &["rename_all"];

/// `#[airbyte_source(…)]`.
pub(crate) const SOURCE: &[&str] = &["check", "partitions", "rate_limit", "stop_when_exhausted", "crate"];

/// `#[airbyte(…)]` on a type that is only read.
pub(crate) const DESERIALIZE: &[&str] = &["crate"];
