use airbyte_sdk::airbyte_stream;

#[airbyte_stream(name = "visits")]
#[serde(rename_all = "camelCase")]
struct Visit {
    user_id: u64,
    #[serde(rename = "userId")]
    user: u64,
}

fn main() {}
