//! A client without a run around it.

use crate::http::Http;

/// A client as `check` and fetch functions get it, for tests of functions that take one, against a service of the
/// test's own.
///
/// ```no_run
/// use airbyte_sdk::{Http, Result};
///
/// fn cities(http: &Http, base: &str) -> Result<Vec<String>> {
///     http.base_url(base).get("/cities").json()
/// }
///
/// #[test]
/// fn cities_are_read() {
///     let url = "http://127.0.0.1:8080"; // where the test answers
///     assert_eq!(cities(&airbyte_sdk::testing::http(), url).unwrap(), ["Bergen", "Oslo"]);
/// }
/// ```
///
/// Each call makes a client of its own, with no rate limit. There is no platform behind it: nothing is written, and a
/// refresh token that the service replaces cannot be saved, which is an error. Waits before another attempt are real,
/// unless `AIRBYTE_SDK_SKIP_WAITS` is set in the environment of the tests, and they are built with debug assertions. A
/// service that refuses for good (a 404, say) is not asked again, and so costs no wait. What a whole run does is shown by
/// [`Connector`](super::Connector).
#[must_use]
pub fn http() -> Http {
    Http::new("test", "0", Vec::new(), None)
}
