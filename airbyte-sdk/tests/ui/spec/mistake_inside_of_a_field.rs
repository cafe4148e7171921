use airbyte_sdk::AirbyteSpec;

#[derive(AirbyteSpec)]
struct Config {
    paging: Paging,
    login: Option<Login>,
    levels: Vec<Level>,
    #[serde(flatten)]
    limits: Limits,
}

#[derive(AirbyteSpec)]
struct Paging {
    #[airbyte(titel = "Size")]
    size: u32,
}

#[derive(AirbyteSpec)]
enum Login {
    Nobody,
    #[airbyte(titel = "Name")]
    Name { name: String },
}

#[derive(AirbyteSpec)]
#[airbyte(titel = "Level")]
enum Level {
    High,
}

#[derive(AirbyteSpec)]
struct Limits {
    #[airbyte(titel = "Most")]
    most: u32,
}

fn main() {}
