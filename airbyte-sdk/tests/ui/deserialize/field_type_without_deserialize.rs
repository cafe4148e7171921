use airbyte_sdk::Deserialize;

#[derive(Deserialize)]
struct Page {
    bar: Bar,
}

struct Bar;

fn main() {}
