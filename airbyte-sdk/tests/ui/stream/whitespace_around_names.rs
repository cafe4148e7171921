use airbyte_sdk::airbyte_stream;

#[airbyte_stream(name = " visits", namespace = "shop\n")]
struct Visit {
    id: u64,
}

fn main() {}
