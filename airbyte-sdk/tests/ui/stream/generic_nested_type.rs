use airbyte_sdk::airbyte_stream;

#[airbyte_stream(nested)]
struct Owner<T> {
    id: T,
}

fn main() {}
