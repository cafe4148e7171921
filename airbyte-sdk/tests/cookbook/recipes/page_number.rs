//! # Pagination by page number
//!
//! `Pagination::page_number` counts from the number it is given. `page_size` asks for pages of this size. A page that is
//! shorter than the first one is the last: shorter than the size does not count, since many APIs silently return fewer
//! records than asked for. Without `page_size` the last page is one without elements.
//!
//! An API that ignores the number and returns the first page again is an error.

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
