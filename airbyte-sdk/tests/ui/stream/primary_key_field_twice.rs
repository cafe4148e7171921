use airbyte_sdk::airbyte_stream;

#[airbyte_stream(name = "days", primary_key(day, city, day))]
struct Day {
    day: String,
    city: String,
}

fn main() {}
