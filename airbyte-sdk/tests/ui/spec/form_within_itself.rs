use airbyte_sdk::AirbyteSpec;

#[derive(AirbyteSpec)]
struct Config {
    name: String,
    children: Vec<Config>,
    parent: Option<Box<Config>>,
}

#[derive(AirbyteSpec)]
enum Rule {
    Not { rules: Vec<Rule> },
    Always,
}

fn main() {}
