use airbyte_sdk::{Secret, airbyte_stream};

#[airbyte_stream(name = "keys")]
struct Key {
    key: Secret,
}

fn main() {}
