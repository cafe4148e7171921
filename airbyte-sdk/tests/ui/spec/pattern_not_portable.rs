use airbyte_sdk::AirbyteSpec;

#[derive(AirbyteSpec)]
struct Config {
    #[airbyte(pattern = "(?i)^[a-z]+$", pattern_descriptor = "letters")]
    city: String,
    #[airbyte(pattern = r"^\S+$", pattern_descriptor = "no whitespace")]
    shop: String,
    #[airbyte(pattern = r"\Aab\z", pattern_descriptor = "the letters ab")]
    code: String,
    #[airbyte(pattern = "^[[:alpha:]]+$", pattern_descriptor = "letters")]
    name: String,
    #[airbyte(pattern = "^é\\-{,3}$", pattern_descriptor = "up to three dashes")]
    line: String,
}

fn main() {}
