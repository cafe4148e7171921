use airbyte_sdk::AirbyteSpec;

#[derive(AirbyteSpec)]
#[airbyte(groups(login = "Login", place = "Place"))]
struct Config {
    #[airbyte(group = "palce")]
    city: String,
}

fn main() {}
