#![deny(warnings)]
#![allow(dead_code)]

mod connector {
    use airbyte_sdk::{AirbyteSpec, Date, Emitter, Error, Http, Result, airbyte_source, airbyte_stream};

    #[derive(AirbyteSpec)]
    struct Config {
        city: String,
    }

    #[airbyte_stream(name = "days", primary_key(day), cursor = day, order = ascending)]
    struct Day {
        day: Date,
    }

    #[airbyte_stream(name = "streets")]
    struct Street {
        name: String,
    }

    #[airbyte_source]
    impl Config {
        fn days(&self, since: Option<Date>, out: &mut Emitter<Day>) -> Result<()> {
            out.emit(Day { day: since.unwrap_or(Self::BEGIN) })
        }

        fn streets(&self) -> Result<impl Iterator<Item = Result<Street>>> {
            let names = self.names()?;
            Ok(names.into_iter().map(|name| Ok(Street { name })))
        }

        fn check(&self, http: &Http) -> Result<()> {
            http.get(format!("https://example.com/{}", self.city)).json::<Vec<String>>().map(drop)
        }

        const BEGIN: Date = Date::constant(2024, 1, 1);

        fn names(&self) -> Result<Vec<String>> {
            if self.city.is_empty() { Err(Error::config("the city is empty")) } else { Ok(Vec::new()) }
        }
    }
}
