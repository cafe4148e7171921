use airbyte_sdk::ConfigValue;

#[derive(ConfigValue)]
struct Config {
    name: String,
    children: Vec<Config>,
    parent: Option<Box<Config>>,
}

#[derive(ConfigValue)]
enum Rule {
    Not { rules: Vec<Rule> },
    Always,
}

fn main() {}
