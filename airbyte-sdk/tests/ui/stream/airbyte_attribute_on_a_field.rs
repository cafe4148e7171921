use airbyte_sdk::airbyte_stream;

#[airbyte_stream(name = "days")]
struct Day {
    #[airbyte(title = "The day")]
    day: String,
}

fn main() {}
