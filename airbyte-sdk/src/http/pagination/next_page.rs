//! The request for the next page, as a page describes it.

use crate::error::Result;
use serde::Serialize;
use serde_json::Value;
use std::fmt::Display;

/// How the next page is requested: at a [URL](Self::url), or like the page before with another value in the
/// [query](Self::query) or in the [body](Self::body_field). For [`Pagination::next_page`](super::Pagination::next_page).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NextPage(pub(super) Step);

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Url(String),
    Query(String, String),
    /// The path and the value, or why it cannot be written.
    BodyField(String, Result<Value, String>),
    /// A `Link` header that names a next page in a form that is not understood.
    Unclear,
}

impl NextPage {
    /// At this URL, of which path and query are used: the origin stays that of the first page. A relative URL is resolved
    /// against that of the page. An empty one ends the pagination.
    pub fn url(url: impl Into<String>) -> Self {
        Self(Step::Url(url.into()))
    }

    /// By the same request with this query parameter, in place of one of that name. An empty value ends the pagination.
    pub fn query(name: &str, value: impl Display) -> Self {
        Self(Step::Query(name.to_owned(), value.to_string()))
    }

    /// By the same request with this value in its JSON [body](crate::http::Request::json_body), in place of what is there.
    /// The path leads through objects, as in `"after"` or `"variables.after"`; objects that are missing are added. Null or
    /// an empty string ends the pagination.
    ///
    /// A POST is retried only if it is [idempotent](crate::http::Request::idempotent).
    ///
    /// # Errors
    ///
    /// Reported by the page that is requested in this way, as system errors: the request has no body; it is not a JSON
    /// object; the path leads through something that is not an object; an object would be replaced by another type.
    pub fn body_field(path: &str, value: impl Serialize) -> Self {
        let value = serde_json::to_value(value).map_err(|error| error.to_string());
        Self(Step::BodyField(path.to_owned(), value))
    }

    /// Nowhere: some services write an empty text instead of none.
    pub(super) fn is_empty(&self) -> bool {
        match &self.0 {
            Step::Url(url) => url.trim().is_empty(),
            Step::Query(_, text) | Step::BodyField(_, Ok(Value::String(text))) => text.is_empty(),
            Step::BodyField(_, value) => *value == Ok(Value::Null),
            Step::Unclear => false,
        }
    }
}

/// What a closure that looks for the next page returns: `Option<V>`, or `Result<Option<V>>` if a page may be wrong.
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
