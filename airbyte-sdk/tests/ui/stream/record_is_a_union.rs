use airbyte_sdk::airbyte_stream;

#[airbyte_stream(name = "days")]
union Day {
    id: u32,
    name: i32,
}

fn main() {}
