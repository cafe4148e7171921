use airbyte_sdk::AirbyteStream;

#[derive(AirbyteStream)]
struct SunnyDay {
    day: String,
}

fn main() {}
