use airbyte_sdk::AirbyteSpec;

#[derive(AirbyteSpec)]
#[airbyte(groups(login))]
struct Config {
    #[airbyte(group = "login")]
    city: String,
}

fn main() {}
