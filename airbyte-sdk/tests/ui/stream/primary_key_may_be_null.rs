use airbyte_sdk::airbyte_stream;

#[airbyte_stream(name = "visits", primary_key(id))]
struct Visit {
    id: Option<u64>,
}

fn main() {}
