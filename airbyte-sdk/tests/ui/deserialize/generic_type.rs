use airbyte_sdk::Deserialize;

#[derive(Deserialize)]
struct Page<T> {
    results: Vec<T>,
}

fn main() {}
