use airbyte_sdk::{Http, Result, Secret};

fn ping(http: &Http, key: &Secret) -> Result<()> {
    http.get("https://weather.example/ping").header("Authorization", format!("Bearer {key}")).send()?;
    http.get("https://weather.example/ping").header("X-Api-Key", key).send().map(drop)
}

fn main() {}
