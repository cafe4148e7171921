//! Partitions, which a fetch function may take as `&str` if the list has `String`s.

use airbyte_sdk::{AirbyteSpec, Date, Emitter, Http, Result, airbyte_source, airbyte_stream};

#[derive(AirbyteSpec)]
struct Config {
    cities: Vec<String>,
}

#[airbyte_stream(name = "days", cursor = day)]
struct Day {
    day: Date,
}

#[airbyte_source(partitions = cities)]
fn fetch(
    config: &Config,
    city: &str,
    since: Option<Date>,
) -> Result<impl Iterator<Item = Result<Day>> + use<>> {
    let _ = (config, city);
    Ok(since.into_iter().map(|day| Ok(Day { day })))
}

fn cities(config: &Config, _http: &Http) -> Result<Vec<String>> {
    Ok(config.cities.clone())
}

mod of_an_impl {
    use super::{AirbyteSpec, Day, Emitter, Http, Result, airbyte_source};

    #[derive(AirbyteSpec)]
    struct Config {
        years: Vec<u16>,
    }

    #[airbyte_source]
    impl Config {
        fn years(&self, _http: &Http) -> Result<Vec<u16>> {
            Ok(self.years.clone())
        }

        #[partitions(years)]
        fn days(&self, year: &u16, out: &mut Emitter<Day>) -> Result<()> {
            let _ = (year, out);
            Ok(())
        }
    }
}
