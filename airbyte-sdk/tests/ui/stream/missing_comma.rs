use airbyte_sdk::airbyte_stream;

#[airbyte_stream(name = "days" cursor = day)]
struct Day {
    day: String,
}

fn main() {}
