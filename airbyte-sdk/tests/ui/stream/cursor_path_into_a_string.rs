use airbyte_sdk::airbyte_stream;

#[airbyte_stream(name = "visits", cursor = at.year)]
struct Visit {
    at: String,
}

fn main() {}
