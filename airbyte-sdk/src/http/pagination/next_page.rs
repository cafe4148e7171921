//! Describes the request for the next page.

use crate::error::Result;
use serde::Serialize;
use serde_json::Value;
use std::fmt::Display;

/// The request for the next page: for a [URL](Self::url), or like the previous request with another value in the
/// [query](Self::query) or in the [body](Self::body_field). Used with
/// [`Pagination::next_page`](super::Pagination::next_page).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NextPage(pub(super) Step);

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Url(String),
    Query(String, String),
    /// The path and the value, or why the value cannot be serialized.
    BodyField(String, Result<Value, String>),
    /// A `Link` header that seems to name a next page, but cannot be parsed.
    Unclear,
}

impl NextPage {
    /// Requests this URL, of which only path and query are used: the origin stays that of the first page. A relative
    /// URL is resolved against that of the current page. An empty URL ends the pagination.
    pub fn url(url: impl Into<String>) -> Self {
        Self(Step::Url(url.into()))
    }

    /// Requests the same URL with this query parameter, in place of one with the same name. An empty value ends the
    /// pagination.
    pub fn query(name: &str, value: impl Display) -> Self {
        Self(Step::Query(name.to_owned(), value.to_string()))
    }

    /// Sends the same request with this value in its JSON [body](crate::http::Request::json_body), in place of the one
    /// that is there. The path leads through objects, as in `"after"` or `"variables.after"`; missing objects are
    /// added. Null or an empty string ends the pagination.
    ///
    /// A POST is retried only if it is [idempotent](crate::http::Request::idempotent).
    ///
    /// # Errors
    ///
    /// The next page is a system error if the request has no body, if that is not a JSON object, if the path leads
    /// through something that is not an object, or if an object would be replaced by another type.
    pub fn body_field(path: &str, value: impl Serialize) -> Self {
        let value = serde_json::to_value(value).map_err(|error| error.to_string());
        Self(Step::BodyField(path.to_owned(), value))
    }

    /// Returns whether this ends the pagination. Some APIs send an empty string instead of none.
    pub(super) fn is_empty(&self) -> bool {
        match &self.0 {
            Step::Url(url) => url.trim().is_empty(),
            Step::Query(_, text) | Step::BodyField(_, Ok(Value::String(text))) => text.is_empty(),
            Step::BodyField(_, value) => *value == Ok(Value::Null),
            Step::Unclear => false,
        }
    }
}

/// The return type of a closure that finds the next page: `Option<V>`, or `Result<Option<V>>` if it also checks the
/// page.
#[diagnostic::on_unimplemented(
    message = "a closure that finds the next page cannot return `{Self}`",
    label = "expected `Option<…>` or `Result<Option<…>>`"
)]
pub trait Found {
    /// A URL, a token, or a [`NextPage`].
    type Value;

    #[doc(hidden)]
    fn found(self) -> Result<Option<Self::Value>>;
}

#[diagnostic::do_not_recommend]
impl<V> Found for Option<V> {
    type Value = V;

    fn found(self) -> Result<Option<V>> {
        Ok(self)
    }
}

#[diagnostic::do_not_recommend]
impl<V> Found for Result<Option<V>> {
    type Value = V;

    fn found(self) -> Self {
        self
    }
}
