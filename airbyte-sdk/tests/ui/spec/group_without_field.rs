use airbyte_sdk::AirbyteSpec;

#[derive(AirbyteSpec)]
#[airbyte(groups(login = "Login", place = "Place"))]
struct Config {
    #[airbyte(group = "place")]
    city: String,
}

fn main() {}
