use airbyte_sdk::AirbyteSpec;

#[derive(AirbyteSpec)]
struct Config {
    node: Node,
}

#[derive(AirbyteSpec)]
struct Node {
    name: String,
    edges: Vec<Edge>,
}

#[derive(AirbyteSpec)]
struct Edge {
    to: Option<Node>,
}

fn main() {}
