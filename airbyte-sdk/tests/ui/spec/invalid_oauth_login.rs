use airbyte_sdk::{AirbyteSpec, Secret};

#[derive(AirbyteSpec)]
#[airbyte(oauth_login(
    predicate(credentials.auth_type),
    outputs(access_token = credentials.access_token),
    server_input(),
    server_output(client_id),
))]
struct Config {
    credentials: Secret,
}

#[derive(AirbyteSpec)]
#[airbyte(oauth_login(server_input(client_id)))]
struct NoOutput {
    token: Secret,
}

#[derive(AirbyteSpec)]
#[airbyte(oauth = "token")]
struct NoParts {
    token: Secret,
}

#[derive(AirbyteSpec)]
#[airbyte(oauth_login())]
struct Empty {
    token: Secret,
}

fn main() {}
