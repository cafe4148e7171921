use airbyte_sdk::airbyte_stream;

#[airbyte_stream(name = "days")]
struct Day {
    #[serde(rename = "")]
    id: u32,
    #[serde(rename = "  ")]
    city: String,
    #[serde(rename = "high\nlow")]
    range: String,
    #[serde(rename = "rain ")]
    rain: f64,
}

fn main() {}
