#![deny(warnings)]
#![allow(dead_code)]

mod connector {
    use airbyte_sdk::{AirbyteSpec, Date, Deserialize, Emitter, Error, airbyte_source, airbyte_stream};

    /// Types with names that generated code uses for others.
    #[allow(dead_code)]
    mod own {
        pub(super) struct Option;
        pub(super) struct Some;
        pub(super) struct None;
        pub(super) struct Result;
        pub(super) struct Ok;
        pub(super) struct Err;
        pub(super) struct String;
        pub(super) struct Vec;
        pub(super) struct Box;
        pub(super) trait Into {}
        pub(super) trait From {}
        pub(super) trait Default {}
        pub(super) trait Iterator {}
    }

    #[allow(unused_imports)]
    use own::*;

    #[derive(AirbyteSpec)]
    struct Config {
        #[airbyte(
            default = "Berlin",
            examples("Berlin", "Paris"),
            pattern = ".+",
            pattern_descriptor = "a name"
        )]
        city: std::string::String,
        #[airbyte(default = 10 * 10, min = 1)]
        pages: u32,
        start: std::option::Option<Date>,
    }

    #[airbyte_stream(name = "days", primary_key(day), cursor = day)]
    struct Day {
        day: Date,
        note: std::option::Option<std::string::String>,
    }

    #[derive(Deserialize)]
    struct Page {
        note: std::option::Option<std::string::String>,
    }

    #[derive(Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum Status {
        Open,
        Closed { pages: u32 },
    }

    #[airbyte_source(check = check)]
    fn fetch(
        config: &Config,
        since: std::option::Option<Date>,
        out: &mut Emitter<Day>,
    ) -> std::result::Result<(), Error> {
        let page: Page = out.http().get(config.city.as_str()).json()?;
        let status: Status = out.http().get(config.city.as_str()).json()?;
        let pages = match status {
            Status::Open => config.pages,
            Status::Closed { pages } => pages,
        };
        let day = since.or(config.start).unwrap_or(Date::MIN);
        out.emit(Day { day, note: page.note.filter(|_| pages > 0) })
    }

    fn check(_: &Config, _: &airbyte_sdk::Http) -> std::result::Result<(), Error> {
        std::result::Result::Ok(())
    }
}
