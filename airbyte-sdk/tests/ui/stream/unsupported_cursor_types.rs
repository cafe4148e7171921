use airbyte_sdk::airbyte_stream;
use airbyte_sdk::jiff::civil::Time;
use std::collections::BTreeMap;

#[airbyte_stream(name = "a", cursor = done)]
struct A {
    done: Option<bool>,
}

#[airbyte_stream(name = "b", cursor = all)]
struct B {
    all: Vec<u64>,
}

#[airbyte_stream(name = "c", cursor = by_name, on_null = fail)]
struct C {
    by_name: Option<BTreeMap<String, u64>>,
}

#[airbyte_stream(name = "d", cursor = large)]
struct D {
    large: u128,
}

#[airbyte_stream(name = "e", cursor = at)]
struct E {
    at: Time,
}

fn main() {}
