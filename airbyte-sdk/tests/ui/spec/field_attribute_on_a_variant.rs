use airbyte_sdk::ConfigValue;

#[derive(ConfigValue)]
enum Login {
    #[airbyte(default = 5)]
    Name { name: String },
    Other(#[airbyte(hidden)] Other),
}

#[derive(ConfigValue)]
struct Other {
    name: String,
}

fn main() {}
