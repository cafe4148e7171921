use airbyte_sdk::airbyte_stream;

#[airbyte_stream(name = "days")]
enum Day {
    Sunny,
    Rainy,
}

fn main() {}
