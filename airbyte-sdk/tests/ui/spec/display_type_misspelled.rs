use airbyte_sdk::AirbyteSpec;

#[derive(AirbyteSpec)]
#[airbyte(display_type = radios)]
enum Login {
    Name { name: String },
}

fn main() {}
