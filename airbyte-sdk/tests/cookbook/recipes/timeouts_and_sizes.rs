//! # Other limits of time and size
//!
//! For a service that thinks for minutes before it answers, or whose answer should never be large. How many requests it
//! allows is another matter: that is said once for the whole run, by `rate_limit` in `#[airbyte_source]`.

use airbyte_sdk::{Http, Result, http::TransferLimits};
use std::time::Duration;

pub fn report(http: &Http, base: &str) -> Result<Vec<u64>> {
    let limits = TransferLimits::default().response_timeout(Duration::from_secs(300)).max_body_size(1 << 20);
    http.base_url(base).transfer_limits(limits).get("/report").json()
}
