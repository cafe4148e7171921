use airbyte_sdk::AirbyteSpec;

#[derive(AirbyteSpec)]
struct Config {
    #[airbyte(default = 0, min = 1)]
    pages: u32,
    #[airbyte(default = 2.5, max = 1.0)]
    rate: f64,
    #[airbyte(default = "Rome", pattern = "^[a-z]+$", pattern_descriptor = "small letters")]
    city: String,
    #[airbyte(default = "abc", max_length = 2)]
    code: String,
    #[airbyte(examples("a", "abc"), min_length = 2)]
    name: String,
    #[airbyte(examples(-5, 300))]
    level: u8,
}

fn main() {}
