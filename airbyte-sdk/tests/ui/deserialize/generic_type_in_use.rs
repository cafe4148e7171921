use airbyte_sdk::{Deserialize, Http, Result};

#[derive(Deserialize)]
struct Page<T> {
    results: Vec<T>,
}

fn page(http: &Http) -> Result<Page<u32>> {
    http.get("https://example.com").json()
}

fn main() {}
