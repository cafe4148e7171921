use airbyte_sdk::airbyte_stream;

#[airbyte_stream(name = "visits", primary_key(owner.id))]
struct Visit {
    owner: Owner,
}

#[airbyte_stream(nested)]
struct Owner {
    id: Option<u64>,
}

fn main() {}
