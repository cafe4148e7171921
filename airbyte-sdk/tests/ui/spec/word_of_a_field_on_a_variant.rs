use airbyte_sdk::AirbyteSpec;

#[derive(AirbyteSpec)]
enum Login {
    #[airbyte(default = 5)]
    Name { name: String },
    Other(#[airbyte(hidden)] Other),
}

#[derive(AirbyteSpec)]
struct Other {
    name: String,
}

fn main() {}
