use airbyte_sdk::Deserialize;

#[derive(Deserialize)]
struct Page {
    #[airbyte(rename = "State")]
    status: String,
}

fn main() {}
