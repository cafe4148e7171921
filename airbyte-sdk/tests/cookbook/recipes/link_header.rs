//! # `Link` header
//!
//! `Pagination::link_header` follows the link with `rel="next"` (RFC 8288), as GitHub and many other APIs send it. The path of
//! `elements` is empty because the whole response is the array.

use airbyte_sdk::http::Pagination;
use airbyte_sdk::{AirbyteSpec, Deserialize, Emitter, Result, airbyte_stream};

#[derive(AirbyteSpec)]
pub struct Config {
    #[airbyte(default = "https://code.example", url, hidden)]
    pub api_url: String,
}

#[airbyte_stream(name = "issues", primary_key(title))]
#[derive(Deserialize)]
pub struct Issue {
    title: String,
}

pub fn fetch(config: &Config, out: &mut Emitter<Issue>) -> Result<()> {
    let request = out.http().base_url(&config.api_url).get("/issues").query("per_page", 100);
    for issue in request.elements("").paginate(Pagination::link_header()) {
        out.emit(issue?)?;
    }
    Ok(())
}
