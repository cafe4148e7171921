use airbyte_sdk::AirbyteSpec;

#[derive(AirbyteSpec)]
#[airbyte(groups(place = "Place"))]
struct Config {
    #[airbyte(group = "place")]
    city: City,
    login: Login,
}

#[derive(AirbyteSpec)]
struct City {
    #[airbyte(group = "place")]
    name: String,
}

#[derive(AirbyteSpec)]
enum Login {
    Name {
        #[airbyte(group = "place")]
        name: String,
    },
}

fn main() {}
