//! # Cards
//!
//! `groups` names the cards of a long form in their order, `group` puts a field on one. A `hidden` field is not shown.

use airbyte_sdk::{AirbyteSpec, Secret};

/// What the weather service needs to know.
#[derive(AirbyteSpec)]
#[airbyte(title = "Weather", documentation_url = "https://weather.example/docs")]
#[airbyte(groups(login = "Login", reading = "What is read"))]
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
