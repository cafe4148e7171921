use airbyte_sdk::airbyte_stream;

#[airbyte_stream(name = "visits")]
#[serde(rename_all = "nope")]
struct Visit {
    id: u64,
    kind: Kind,
}

#[airbyte_stream(nested)]
#[serde(rename_all(serialize = "camelcase"), rename_all_fields = "snake")]
enum Kind {
    #[serde(rename_all = "kebab")]
    One { at: i64 },
}

fn main() {}
