use airbyte_sdk::{AirbyteSpec, Secret};

#[derive(AirbyteSpec)]
#[airbyte(oauth_login(output(a = token), requests(consent_url = "https://example.com")))]
struct OneUrl {
    token: Secret,
}

#[derive(AirbyteSpec)]
#[airbyte(oauth_login(output(a = token), requests(consent = "https://example.com")))]
struct Misspelled {
    token: Secret,
}

#[derive(AirbyteSpec)]
#[airbyte(oauth_login(output(a = token), requests(consent_url = 5)))]
struct NoText {
    token: Secret,
}

fn main() {}
