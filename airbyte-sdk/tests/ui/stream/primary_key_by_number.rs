use airbyte_sdk::airbyte_stream;

#[airbyte_stream(name = "visits", primary_key(place.0))]
struct Visit {
    place: (u64, u64),
}

fn main() {}
