use airbyte_sdk::airbyte_stream;

#[airbyte_stream(primary_key(day))]
struct SunnyDay {
    day: String,
}

fn main() {}
