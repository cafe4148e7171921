use airbyte_sdk::AirbyteSpec;

#[derive(AirbyteSpec)]
struct Config {
    #[serde(rename = "")]
    id: String,
    #[serde(rename = " ")]
    city: String,
    #[serde(rename = "street\tname")]
    street: String,
}

fn main() {}
