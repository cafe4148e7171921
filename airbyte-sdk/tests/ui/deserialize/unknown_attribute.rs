use airbyte_sdk::Deserialize;

#[derive(Deserialize)]
#[airbyte(rename = "page")]
struct Page {
    status: String,
}

fn main() {}
