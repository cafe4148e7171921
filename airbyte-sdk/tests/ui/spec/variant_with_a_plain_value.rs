use airbyte_sdk::{ConfigValue, Secret};

#[derive(ConfigValue)]
enum Login {
    Key(Secret),
    Keys(Vec<String>),
    Anonymous,
}

fn main() {}
