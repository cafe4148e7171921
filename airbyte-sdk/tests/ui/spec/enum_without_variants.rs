use airbyte_sdk::ConfigValue;

#[derive(ConfigValue)]
enum Login {}

fn main() {}
