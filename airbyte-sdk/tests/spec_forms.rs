//! Forms of every shape: what the spec says of them, and what a user is told.
#![allow(dead_code, reason = "configurations that are described and refused, and seldom read")]

use airbyte_sdk::spec::OAuth;
use airbyte_sdk::{AirbyteSpec, Date, Secret};
use serde_json::{Value, json};

#[derive(AirbyteSpec)]
#[airbyte(title = "Shop", groups(login = "Login", reading = "Reading"))]
#[airbyte(oauth(
    predicate(login.type = "oauth"),
    user_input(shop = shopName),
    output(access_token = login.access_token, refresh_token = login.refresh_token),
    server_input(client_id, client_secret),
    server_output(client_id = login.client_id, client_secret = login.client_secret),
))]
#[serde(rename_all = "camelCase")]
struct Config {
    /// As in its address
    #[airbyte(group = "login", min_length = 2, max_length = 10, examples("toys"))]
    shop_name: String,
    #[airbyte(group = "login")]
    login: Login,
    #[airbyte(group = "reading", default = Region::Eu)]
    region: Region,
    #[airbyte(group = "reading", min_items = 1, max_items = 2)]
    regions: Vec<Region>,
    #[airbyte(group = "reading", max_items = 2)]
    reports: Vec<Report>,
    #[airbyte(group = "reading")]
    targets: Option<Vec<Target>>,
    #[airbyte(group = "reading")]
    #[serde(default)]
    paging: Paging,
    #[serde(rename = "window", default = "Window::week")]
    time_window: Window,
    #[serde(flatten)]
    limits: Limits,
    #[serde(skip)]
    cache: Vec<String>,
}

/// How you log in
#[derive(AirbyteSpec)]
#[airbyte(display_type = radio)]
enum Login {
    /// A key of your account
    ApiKey {
        api_key: Secret,
        #[airbyte(default = 1, min = 1)]
        version: u8,
    },
    #[serde(rename = "oauth")]
    #[airbyte(title = "Log in")]
    OAuth(Tokens),
    #[airbyte(hidden)]
    Nobody,
}

#[derive(AirbyteSpec)]
struct Tokens {
    client_id: String,
    client_secret: Secret,
    access_token: Secret,
    refresh_token: Option<Secret>,
}

#[derive(AirbyteSpec, Debug, PartialEq)]
#[serde(rename_all = "UPPERCASE")]
enum Region {
    Eu,
    Us,
    #[serde(rename = "asia-1")]
    Asia,
}

/// What is to be read.
#[derive(AirbyteSpec)]
struct Report {
    name: String,
    from: Option<Date>,
    columns: Vec<String>,
}

#[derive(AirbyteSpec)]
#[serde(tag = "kind")]
enum Target {
    City { name: String },
    Country(Country),
}

#[derive(AirbyteSpec)]
struct Country {
    #[airbyte(pattern = "^[A-Z]{2}$", pattern_descriptor = "two capitals")]
    code: String,
}

#[derive(AirbyteSpec)]
struct Paging {
    #[airbyte(min = 1)]
    size: u16,
    after: Option<String>,
}

impl Default for Paging {
    fn default() -> Self {
        Self { size: 100, after: None }
    }
}

#[derive(AirbyteSpec, Debug, PartialEq)]
enum Window {
    All,
    Days { days: u32 },
}

impl Window {
    fn week() -> Self {
        Self::Days { days: 7 }
    }
}

#[derive(AirbyteSpec)]
struct Limits {
    #[airbyte(default = 4.5, min = 0.5)]
    per_second: f64,
    total: Option<u32>,
}

#[test]
fn x() {
    println!("{}", serde_json::to_string_pretty(&airbyte_sdk::spec::specification::<Config>()).unwrap());
}
