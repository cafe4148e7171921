use airbyte_sdk::airbyte_stream;

#[airbyte_stream(nested = true)]
struct Owner {
    id: u64,
}

fn main() {}
