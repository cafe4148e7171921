use airbyte_sdk::AirbyteSpec;

#[derive(AirbyteSpec)]
#[serde(rename_all = "camelCase")]
struct Config {
    city_name: String,
    #[serde(rename = "cityName")]
    city: String,
    #[serde(rename = "")]
    nothing: String,
}

fn main() {}
