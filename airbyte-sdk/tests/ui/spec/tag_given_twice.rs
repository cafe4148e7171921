use airbyte_sdk::ConfigValue;

#[derive(ConfigValue)]
#[airbyte(tag = "auth_type")]
#[serde(tag = "kind")]
enum Login {
    Name { name: String },
}

#[derive(ConfigValue)]
#[airbyte(tag = "")]
enum Place {
    City { name: String },
}

fn main() {}
