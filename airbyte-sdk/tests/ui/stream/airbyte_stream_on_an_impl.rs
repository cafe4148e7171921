use airbyte_sdk::airbyte_stream;

struct Config;

#[airbyte_stream(name = "days")]
impl Config {
    fn days(&self) {}
}

fn main() {}
