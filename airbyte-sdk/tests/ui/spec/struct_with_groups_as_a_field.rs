use airbyte_sdk::AirbyteSpec;

#[derive(AirbyteSpec)]
struct Config {
    city: City,
}

#[derive(AirbyteSpec)]
#[airbyte(groups(place = "Place"))]
struct City {
    #[airbyte(group = "place")]
    name: String,
}

fn main() {}
