use airbyte_sdk::Deserialize;

#[derive(Deserialize)]
struct Page {
    #[serde(renam = "State")]
    status: String,
}

fn main() {}
