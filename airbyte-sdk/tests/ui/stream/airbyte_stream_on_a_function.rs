use airbyte_sdk::airbyte_stream;

#[airbyte_stream(name = "days")]
fn day() -> String {
    String::new()
}

fn main() {}
