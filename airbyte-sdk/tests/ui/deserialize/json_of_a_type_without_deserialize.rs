use airbyte_sdk::{Http, Result};

struct Page {
    days: Vec<u32>,
}

fn page(http: &Http) -> Result<Page> {
    http.get("https://shop.example/days").json::<Page>()
}

fn pages(http: &Http) -> Result<Vec<Page>> {
    http.get("https://shop.example/days").json()
}

fn main() {}
