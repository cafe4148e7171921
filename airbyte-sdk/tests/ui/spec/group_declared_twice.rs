use airbyte_sdk::AirbyteSpec;

#[derive(AirbyteSpec)]
#[airbyte(groups(place = "Place", place = "City"))]
struct Config {
    #[airbyte(group = "place")]
    city: String,
}

fn main() {}
