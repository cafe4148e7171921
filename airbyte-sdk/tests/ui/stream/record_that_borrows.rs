use airbyte_sdk::{Deserialize, airbyte_stream};
use std::borrow::Cow;

#[airbyte_stream(name = "days")]
#[derive(Deserialize)]
struct Day<'a> {
    city: &'a str,
    note: Cow<'a, str>,
}

#[derive(Deserialize)]
#[airbyte_stream(name = "nights")]
struct Night {
    city: &str,
}

#[airbyte_stream(name = "weeks")]
#[derive(Debug, Deserialize)]
struct Week {
    cities: Vec<&str>,
}

fn main() {}
