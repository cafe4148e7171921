//! # Several partitions in one request
//!
//! For an API that takes several ids in one request. `groups_of` is how many it takes; on a function, write
//! `#[airbyte_source(partitions = ids, groups_of = 50)]`, on a method, `#[partitions(ids, groups_of = 50)]`.
//!
//! Each id has its own cursor in the state, as if it were read alone, so ids can be added, removed and listed in another order without
//! the others being read again. Ids with similar positions are read together, from the earliest of them; new ids are in groups of their
//! own.

use airbyte_sdk::{AirbyteSpec, Deserialize, Emitter, Http, Result, Timestamp, airbyte_stream};

#[derive(AirbyteSpec)]
pub struct Config {
    #[airbyte(default = "https://ads.example", url, hidden)]
    pub api_url: String,
}

#[airbyte_stream(name = "ads", primary_key(id), cursor = updated_at, order = ascending)]
#[derive(Deserialize)]
pub struct Ad {
    id: u64,
    updated_at: Timestamp,
}

pub fn ids(config: &Config, http: &Http) -> Result<Vec<u64>> {
    http.base_url(&config.api_url).get("/ad-ids").json()
}

pub fn fetch(config: &Config, ids: &[u64], since: Option<Timestamp>, out: &mut Emitter<Ad>) -> Result<()> {
    let ids: Vec<String> = ids.iter().map(u64::to_string).collect();
    let mut request = out.http().base_url(&config.api_url).get("/ads").query("ids", ids.join(","));
    if let Some(since) = since {
        request = request.query("updated_since", since);
    }
    for ad in request.query("sort", "updated_at").elements("") {
        out.emit(ad?)?;
    }
    Ok(())
}
