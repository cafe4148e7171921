use airbyte_sdk::{AirbyteSpec, ConfigValue};

#[derive(AirbyteSpec)]
struct Config {
    login: Login,
    part: Box<Part>,
    shared: Option<std::sync::Arc<Part>>,
    #[serde(flatten)]
    flat: Box<Part>,
}

#[derive(ConfigValue)]
enum Login {
    A(Option<Part>),
    B(Vec<Part>),
    C(Option<Vec<String>>),
    D(Box<Part>),
}

#[derive(ConfigValue)]
struct Part {
    name: String,
}

fn main() {}
