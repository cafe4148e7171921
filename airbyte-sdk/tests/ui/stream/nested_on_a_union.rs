use airbyte_sdk::airbyte_stream;

#[airbyte_stream(nested)]
union Owner {
    id: u64,
}

fn main() {}
