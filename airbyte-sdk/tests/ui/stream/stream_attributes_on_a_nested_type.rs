use airbyte_sdk::airbyte_stream;

#[airbyte_stream(nested, name = "owners", primary_key(id))]
struct Owner {
    id: u64,
}

fn main() {}
