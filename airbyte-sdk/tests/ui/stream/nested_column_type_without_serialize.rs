use airbyte_sdk::{AirbyteSpec, Emitter, Result, airbyte_source, airbyte_stream};
use std::collections::BTreeMap;

#[airbyte_stream(name = "pets")]
struct Pet {
    owner: Option<Owner>,
    homes: Vec<Home>,
    names: BTreeMap<String, Name>,
}

struct Owner {
    id: u64,
}

#[airbyte_stream(nested)]
struct Home {
    owner: Owner,
}

struct Name;

#[derive(AirbyteSpec)]
struct Config {}

#[airbyte_source]
fn fetch(_config: &Config, _out: &mut Emitter<Pet>) -> Result<()> {
    Ok(())
}
