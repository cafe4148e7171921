//! # Page number
//!
//! `Pagination::page_number` counts pages from the given number. `page_size` requests pages of that size. A page that is shorter than
//! the first one is the last. The first page is never taken for the last one, even if it is shorter than the requested size: many APIs silently return fewer
//! records per page. Without `page_size`, the last page is one without elements.
//!
//! If an API ignores the number and returns the first page again, that is an error.

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
    let visits = out.http().base_url(&config.api_url).get("/visits").elements("visits");
    for visit in visits.paginate(Pagination::page_number("page", 1).page_size("per_page", 100)) {
        out.emit(visit?)?;
    }
    Ok(())
}
