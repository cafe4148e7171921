use airbyte_sdk::AirbyteSpec;

#[derive(AirbyteSpec)]
enum Login {
    Name { r#type: String },
    Nobody,
}

#[derive(AirbyteSpec)]
#[airbyte(tag = "kind")]
enum Place {
    City {
        r#type: String,
        #[serde(rename = "kind")]
        sort: String,
    },
}

fn main() {}
