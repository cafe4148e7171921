#![allow(unused)]

use airbyte_sdk::{airbyte_source};

#[airbyte_source]
struct Config {
    city: String,
}
