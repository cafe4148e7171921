use airbyte_sdk::AirbyteSpec;

#[derive(AirbyteSpec)]
#[airbyte(tag = "auth_type")]
#[serde(tag = "kind")]
enum Login {
    Name { name: String },
}

#[derive(AirbyteSpec)]
#[airbyte(tag = "")]
enum Place {
    City { name: String },
}

fn main() {}
