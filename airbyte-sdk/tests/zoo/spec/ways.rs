//! # One of several ways
//!
//! An enum with data lets the user choose which fields there are. What was chosen is told by `type`, or by the key in
//! `tag`.

use airbyte_sdk::{AirbyteSpec, ConfigValue, Secret};

#[derive(AirbyteSpec)]
pub struct Config {
    /// How you sign in
    credentials: Credentials,
    schedule: Option<Schedule>,
}

#[derive(ConfigValue)]
#[airbyte(tag = "auth_type", display_type = radio)]
enum Credentials {
    /// A key of your account
    ApiKey { api_key: Secret },
    #[airbyte(title = "Name and password")]
    Password(Login),
    /// For what is public
    Nobody,
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
