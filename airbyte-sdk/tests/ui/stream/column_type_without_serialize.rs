use airbyte_sdk::airbyte_stream;

#[airbyte_stream(name = "days")]
struct Day {
    place: Place,
}

struct Place;

fn main() {}
