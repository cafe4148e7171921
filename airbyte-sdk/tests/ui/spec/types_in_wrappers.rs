use airbyte_sdk::AirbyteSpec;

#[derive(AirbyteSpec)]
struct Config {
    login: Login,
    part: Box<Part>,
    shared: Option<std::sync::Arc<Part>>,
    #[serde(flatten)]
    flat: Box<Part>,
}

#[derive(AirbyteSpec)]
enum Login {
    A(Option<Part>),
    B(Vec<Part>),
    C(Option<Vec<String>>),
    D(Box<Part>),
}

#[derive(AirbyteSpec)]
struct Part {
    name: String,
}

fn main() {}
