use airbyte_sdk::Deserialize;

#[derive(Deserialize)]
union Page {
    status: u8,
}

fn main() {}
