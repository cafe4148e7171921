use airbyte_sdk::ConfigValue;

#[derive(ConfigValue)]
enum Login {
    Pair(String, u32),
    Nothing(),
    Anonymous,
}

fn main() {}
