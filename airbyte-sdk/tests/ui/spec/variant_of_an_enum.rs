use airbyte_sdk::AirbyteSpec;

#[derive(AirbyteSpec)]
enum Login {
    By(Method),
    Nobody,
}

#[derive(AirbyteSpec)]
enum Method {
    Name { name: String },
}

fn main() {}
