use airbyte_sdk::Deserialize;

#[derive(Deserialize)]
struct Page<'a> {
    status: &'a str,
}

fn main() {}
