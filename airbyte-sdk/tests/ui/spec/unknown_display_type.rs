use airbyte_sdk::ConfigValue;

#[derive(ConfigValue)]
#[airbyte(display_type = radios)]
enum Login {
    Name { name: String },
}

fn main() {}
