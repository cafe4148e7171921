use airbyte_sdk::airbyte_stream;

#[airbyte_stream(name = "measurements", cursor = value)]
struct Measurement {
    value: f64,
}

fn main() {}
