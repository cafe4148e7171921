use airbyte_sdk::airbyte_stream;

#[airbyte_stream]
struct SunnyDay {
    day: String,
}

fn main() {}
