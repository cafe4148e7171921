//! A client without a run around it.

use crate::http::Http;

/// Returns a client as `check` and fetch functions get it, for tests of functions that take one.
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
/// Each call makes a client of its own, with no rate limit. Its waits take no time: those between attempts, and those that
/// an API asks for. There is no platform behind it: nothing is written, and a refresh token that the API replaces cannot be
/// saved, which is an error. [`fetch`](super::fetch) runs a fetch function, and [`Connector`](super::Connector) a whole
/// connector.
#[must_use]
pub fn http() -> Http {
    Http::without_waits()
}
