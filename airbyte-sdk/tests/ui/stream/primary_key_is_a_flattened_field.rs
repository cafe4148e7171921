use airbyte_sdk::airbyte_stream;

#[airbyte_stream(name = "visits", primary_key(base))]
struct Visit {
    #[serde(flatten)]
    base: Base,
}

#[airbyte_stream(nested)]
struct Base {
    id: u64,
}

fn main() {}
