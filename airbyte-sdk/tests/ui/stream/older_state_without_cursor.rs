use airbyte_sdk::airbyte_stream;

#[airbyte_stream(name = "days", older_state = older)]
struct Day {
    city: String,
}

fn main() {}
