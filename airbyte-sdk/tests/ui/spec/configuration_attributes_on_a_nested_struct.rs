use airbyte_sdk::ConfigValue;

#[derive(ConfigValue)]
#[airbyte(
    documentation_url = "https://example.com",
    groups(place = "Place"),
    oauth_login(output(access_token = token)),
)]
struct Login {
    user: String,
}

fn main() {}
