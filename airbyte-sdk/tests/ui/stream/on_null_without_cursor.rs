use airbyte_sdk::airbyte_stream;

#[airbyte_stream(name = "visits", on_null = emit)]
struct Visit {
    id: u64,
}

fn main() {}
