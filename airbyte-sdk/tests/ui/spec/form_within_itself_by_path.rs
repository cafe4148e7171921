use airbyte_sdk::AirbyteSpec;

#[derive(AirbyteSpec)]
struct Tree {
    branches: Vec<crate::Tree>,
}

#[derive(AirbyteSpec)]
struct Rule {
    rules: Vec<self::Rule>,
}

// Another type of the same name is none of it.
#[derive(AirbyteSpec)]
struct Outer {
    inner: inner::Outer,
}

mod inner {
    #[derive(airbyte_sdk::AirbyteSpec)]
    pub struct Outer {
        name: String,
    }
}

fn main() {}
