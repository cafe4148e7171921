//! # Choosing one of several objects
//!
//! An enum with data lets the user choose which fields to fill in. The key `type`, or the one named by `tag`, says which
//! variant was chosen.

use airbyte_sdk::{AirbyteSpec, ConfigValue, Secret};

#[derive(AirbyteSpec)]
pub struct Config {
    /// How to authenticate
    credentials: Credentials,
    schedule: Option<Schedule>,
}

#[derive(ConfigValue)]
#[airbyte(tag = "auth_type", display_type = radio)]
enum Credentials {
    /// An API key of your account
    ApiKey { api_key: Secret },
    #[airbyte(title = "Name and password")]
    Password(Login),
    /// For public data
    Anonymous,
}

#[derive(ConfigValue)]
struct Login {
    user: String,
    password: Secret,
}

#[derive(ConfigValue)]
enum Schedule {
    Daily {
        #[airbyte(max = 23)]
        hour: u8,
    },
    Hourly,
}
