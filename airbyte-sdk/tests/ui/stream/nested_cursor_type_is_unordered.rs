use airbyte_sdk::airbyte_stream;

#[airbyte_stream(name = "visits", cursor = meta.at)]
struct Visit {
    meta: Meta,
}

#[airbyte_stream(nested)]
struct Meta {
    at: f64,
}

fn main() {}
