use airbyte_sdk::airbyte_stream;

#[airbyte_stream(name = "visits", cursor = id, order = ascending, order = unordered)]
struct Visit {
    id: u64,
}

fn main() {}
