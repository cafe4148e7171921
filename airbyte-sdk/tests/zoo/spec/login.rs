//! # OAuth login
//!
//! `oauth_login(…)` names the fields that the platform fills in when the user logs in; each path is checked.

use airbyte_sdk::{AirbyteSpec, ConfigValue, Secret};

#[derive(AirbyteSpec)]
#[airbyte(oauth_login(
    predicate(credentials.auth_type = "oauth"),
    output(access_token = credentials.access_token, refresh_token = credentials.refresh_token),
    server_input(client_id, client_secret),
    server_output(client_id = credentials.client_id, client_secret = credentials.client_secret),
))]
pub struct Config {
    credentials: Credentials,
}

#[derive(ConfigValue)]
#[airbyte(tag = "auth_type")]
enum Credentials {
    Oauth { client_id: String, client_secret: Secret, access_token: Secret, refresh_token: Secret },
    ApiKey { api_key: Secret },
}
