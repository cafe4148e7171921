#![allow(unused)]

use airbyte_sdk::{AirbyteSpec, Date, Emitter, Http, airbyte_source, airbyte_stream};

#[derive(AirbyteSpec)]
struct Config {
    city: String,
}

#[airbyte_stream(name = "days", cursor = day)]
struct Day {
    day: Date,
}

#[airbyte_stream(name = "streets")]
struct Street {
    name: String,
}

type Result<T> = std::result::Result<T, String>;

#[airbyte_source]
impl Config {
    fn cities(&self, http: &Http) -> Result<Vec<String>> {
        Ok(Vec::new())
    }

    #[partitions(cities)]
    fn days(&self, city: &str, out: &mut Emitter<Day>) -> airbyte_sdk::Result<()> {
        Ok(())
    }

    fn streets(&self) -> Result<impl Iterator<Item = Result<Street>>> {
        Ok(std::iter::empty())
    }

    fn check(&self, http: &Http) -> Result<()> {
        Ok(())
    }
}
