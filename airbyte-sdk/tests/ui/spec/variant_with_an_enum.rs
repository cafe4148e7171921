use airbyte_sdk::ConfigValue;

#[derive(ConfigValue)]
enum Login {
    By(Method),
    Anonymous,
}

#[derive(ConfigValue)]
enum Method {
    Name { name: String },
}

fn main() {}
