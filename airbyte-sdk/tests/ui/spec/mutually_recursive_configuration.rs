use airbyte_sdk::{AirbyteSpec, ConfigValue};

#[derive(AirbyteSpec)]
struct Config {
    node: Node,
}

#[derive(ConfigValue)]
struct Node {
    name: String,
    edges: Vec<Edge>,
}

#[derive(ConfigValue)]
struct Edge {
    to: Option<Node>,
}

fn main() {}
