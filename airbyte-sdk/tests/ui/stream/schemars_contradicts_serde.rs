use airbyte_sdk::airbyte_stream;

#[airbyte_stream(name = "visits")]
struct Visit {
    #[schemars(rename = "number")]
    id: u64,
    #[schemars(skip)]
    city: String,
}

fn main() {}
