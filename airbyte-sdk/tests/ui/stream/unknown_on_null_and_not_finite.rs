use airbyte_sdk::airbyte_stream;

#[airbyte_stream(name = "visits", cursor = at, on_null = skip, not_finite = zero)]
struct Visit {
    at: Option<i64>,
}

fn main() {}
