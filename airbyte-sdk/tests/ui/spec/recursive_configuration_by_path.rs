use airbyte_sdk::ConfigValue;

#[derive(ConfigValue)]
struct Tree {
    branches: Vec<crate::Tree>,
}

#[derive(ConfigValue)]
struct Rule {
    rules: Vec<self::Rule>,
}

// Another type of the same name is allowed.
#[derive(ConfigValue)]
struct Outer {
    inner: inner::Outer,
}

mod inner {
    #[derive(airbyte_sdk::ConfigValue)]
    pub struct Outer {
        name: String,
    }
}

fn main() {}
