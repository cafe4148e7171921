use airbyte_sdk::airbyte_stream;

#[airbyte_stream(name = "visits", primary_key(id))]
struct Visit {
    #[serde(skip_serializing_if = "String::is_empty")]
    id: String,
}

fn main() {}
