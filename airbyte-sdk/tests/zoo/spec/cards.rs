//! # Groups of fields
//!
//! `groups` declares the groups of a long form, each shown as a card, in order; `group` puts a field into one. A `hidden`
//! field is not shown.

use airbyte_sdk::{AirbyteSpec, Secret};

/// Access to the weather API.
#[derive(AirbyteSpec)]
#[airbyte(title = "Weather", documentation_url = "https://weather.example/docs")]
#[airbyte(groups(login = "Login", reading = "Data"))]
pub struct Config {
    #[airbyte(group = "login")]
    user: String,
    #[airbyte(group = "login")]
    password: Secret,
    #[airbyte(group = "reading", title = "Place")]
    city: String,
    #[airbyte(default = "https://weather.example", hidden)]
    api_url: String,
}
