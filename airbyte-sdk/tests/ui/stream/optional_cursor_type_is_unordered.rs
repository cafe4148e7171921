use airbyte_sdk::airbyte_stream;

#[airbyte_stream(name = "measurements", cursor = value, on_null = emit)]
struct Measurement {
    value: Option<bool>,
}

fn main() {}
