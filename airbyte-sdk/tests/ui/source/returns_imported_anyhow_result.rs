#![allow(unused)]

use airbyte_sdk::{AirbyteSpec, Date, Emitter, airbyte_source, airbyte_stream};

#[derive(AirbyteSpec)]
struct Config {
    city: String,
}

#[airbyte_stream(name = "days", cursor = day)]
struct Day {
    day: Date,
}

/// Stands in for the crate.
mod anyhow {
    pub struct Error;

    pub type Result<T, E = Error> = std::result::Result<T, E>;

    impl<E: std::error::Error> From<E> for Error {
        fn from(_: E) -> Self {
            Self
        }
    }
}

use anyhow::Result;

#[airbyte_source]
fn fetch(config: &Config, out: &mut Emitter<Day>) -> Result<()> {
    Ok(())
}
