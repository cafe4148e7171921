//! An HTTP client for tests, without a run.

use crate::http::Http;

/// Returns a client like that of `check` and of fetch functions, to test a function that takes an [`Http`].
///
/// ```
/// use airbyte_sdk::testing::{Server, http};
/// use airbyte_sdk::{Http, Result};
/// use serde_json::json;
///
/// fn cities(http: &Http, url: &str) -> Result<Vec<String>> {
///     http.base_url(url).get("/cities").json()
/// }
///
/// let server = Server::start();
/// server.on("GET /cities").json(json!(["Bergen", "Oslo"]));
/// assert_eq!(cities(&http(), server.url()).unwrap(), ["Bergen", "Oslo"]);
/// ```
///
/// Each call creates a new client without a rate limit. Waits between attempts, and those requested by the API, take no
/// time. Nothing is written to stdout. It is an error if the API replaces a refresh token, because it cannot be saved. To
/// run a fetch function use [`fetch`](super::fetch), to run a whole connector [`Connector`](super::Connector).
#[must_use]
pub fn http() -> Http {
    Http::without_waits()
}
