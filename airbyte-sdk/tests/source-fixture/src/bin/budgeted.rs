//! A source that may ask its service three times a day.

use renamed_sdk::{AirbyteSpec, Emitter, Result, airbyte_source, airbyte_stream};

#[derive(AirbyteSpec)]
#[airbyte(crate = ::renamed_sdk)]
struct Config {
    url: String,
}

#[airbyte_stream(crate = ::renamed_sdk, name = "visits", primary_key(number), cursor = number, order = ascending)]
struct Visit {
    number: u64,
}

#[airbyte_stream(crate = ::renamed_sdk, name = "jumbled_visits", primary_key(number), cursor = number)]
struct JumbledVisit {
    number: u64,
}

#[airbyte_source(crate = ::renamed_sdk, rate_limit(3 / day), stop_when_exhausted)]
impl Config {
    fn visits(&self, since: Option<u64>, out: &mut Emitter<Visit>) -> Result<()> {
        for number in since.unwrap_or(0).. {
            let number = self.ask(number, out.http())?;
            out.emit(Visit { number })?;
        }
        Ok(())
    }

    fn jumbled_visits(&self, since: Option<u64>, out: &mut Emitter<JumbledVisit>) -> Result<()> {
        for number in since.unwrap_or(0).. {
            let number = self.ask(number, out.http())?;
            out.emit(JumbledVisit { number })?;
        }
        Ok(())
    }

    fn ask(&self, number: u64, http: &renamed_sdk::Http) -> Result<u64> {
        http.base(&self.url).get("/visits").query("number", number).json()
    }
}
