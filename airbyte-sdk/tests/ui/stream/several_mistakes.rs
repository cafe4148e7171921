use airbyte_sdk::airbyte_stream;

#[airbyte_stream(nmae = "days", primary_key(day, dya), cursor = "day", order = backwards)]
#[derive(schemars::JsonSchema)]
struct Day {
    day: String,
}

fn main() {}
