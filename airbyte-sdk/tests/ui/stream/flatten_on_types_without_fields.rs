use airbyte_sdk::airbyte_stream;

#[airbyte_stream(name = "visits")]
struct Visit {
    id: u64,
    #[serde(flatten)]
    number: i64,
    #[serde(flatten)]
    perhaps: Option<String>,
    #[serde(flatten)]
    list: Vec<Within>,
}

#[airbyte_stream(nested)]
struct Within {
    #[serde(flatten)]
    pair: (i64, i64),
}

fn main() {}
