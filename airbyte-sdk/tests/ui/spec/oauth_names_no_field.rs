use airbyte_sdk::{AirbyteSpec, ConfigValue, Secret};

#[derive(AirbyteSpec)]
#[airbyte(oauth_login(
    predicate(credential.auth_type = "oauth"),
    output(access_token = credentials.access_token),
    server_output(client_id = client_id),
))]
struct Config {
    credentials: Credentials,
}

#[derive(ConfigValue)]
struct Credentials {
    auth_type: String,
    access_token: Secret,
}

fn main() {}
