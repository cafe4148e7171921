use airbyte_sdk::Deserialize;

#[derive(Deserialize)]
#[serde(tag = "status")]
enum Status {
    Open { since: Since },
    Closed(Reason),
}

struct Since;

struct Reason;

fn main() {}
