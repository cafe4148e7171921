use airbyte_sdk::airbyte_stream;

#[airbyte_stream(name = "visits", primary_key(owner.id))]
struct Visit {
    owner: Option<Owner>,
}

#[airbyte_stream(nested)]
struct Owner {
    id: u64,
}

fn main() {}
