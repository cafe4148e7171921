//! # Token in a response header
//!
//! `Pagination::header_token` sends the token from a response header as a query parameter of the next request. A response without the
//! header is the last page.

use airbyte_sdk::http::Pagination;
use airbyte_sdk::{AirbyteSpec, Deserialize, Emitter, Result, airbyte_stream};

#[derive(AirbyteSpec)]
pub struct Config {
    #[airbyte(default = "https://shop.example", url, hidden)]
    pub api_url: String,
}

#[airbyte_stream(name = "visits", primary_key(id))]
#[derive(Deserialize)]
pub struct Visit {
    id: u64,
}

pub fn fetch(config: &Config, out: &mut Emitter<Visit>) -> Result<()> {
    let request = out.http().base_url(&config.api_url).get("/visits").query("limit", 5000);
    let next = Pagination::header_token("X-Next-Cursor", "cursor");
    for visit in request.elements("visits").paginate(next) {
        out.emit(visit?)?;
    }
    Ok(())
}
