use airbyte_sdk::airbyte_spec;

#[airbyte_spec]
struct Config {
    city: String,
}

fn main() {}
