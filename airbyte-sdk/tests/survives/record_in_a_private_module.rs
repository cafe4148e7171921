#![deny(warnings)]
#![allow(dead_code)]

mod connector {
    use airbyte_sdk::{Emitter, Result, airbyte_source};

    mod streams {
        use airbyte_sdk::{Timestamp, airbyte_stream};

        #[airbyte_stream(name = "events", namespace = "logs", primary_key(id), cursor = at)]
        pub(super) struct Event {
            pub(super) id: u64,
            /// When it happened.
            ///
            /// In UTC.
            pub(super) at: Timestamp,
            pub(super) tags: Vec<String>,
        }
    }

    mod config {
        use airbyte_sdk::{AirbyteSpec, Secret};

        /// Access to the events.
        #[derive(AirbyteSpec)]
        #[airbyte(groups(login = "Login"))]
        pub(super) struct Config {
            #[airbyte(group = "login", multiline)]
            pub(super) key: Secret,
        }
    }

    #[airbyte_source]
    fn fetch(config: &config::Config, out: &mut Emitter<streams::Event>) -> Result<()> {
        let tags = vec![config.key.expose().len().to_string()];
        out.emit(streams::Event { id: 1, at: airbyte_sdk::Timestamp::UNIX_EPOCH, tags })
    }
}
