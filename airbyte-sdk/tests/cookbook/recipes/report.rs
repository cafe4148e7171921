//! # An asynchronous report
//!
//! `send` returns every response with a status below 300, so a loop can poll for the result. The methods that parse a body treat a GET
//! with status 202 as a transient error, because the result is not ready. (The response to a POST may have that status.)

use airbyte_sdk::http::Response;
use airbyte_sdk::{AirbyteSpec, Deserialize, Emitter, Error, Http, Result, airbyte_stream};
use std::time::Duration;

#[derive(AirbyteSpec)]
pub struct Config {
    #[airbyte(default = "https://shop.example", url, hidden)]
    pub api_url: String,
}

#[airbyte_stream(name = "sales", primary_key(id))]
#[derive(Deserialize)]
pub struct Sale {
    id: u64,
}

#[derive(Deserialize)]
struct Job {
    id: u64,
}

pub fn fetch(config: &Config, out: &mut Emitter<Sale>) -> Result<()> {
    let shop = out.http().base_url(&config.api_url);
    let job: Job = shop.post("/reports").json()?;
    for sale in report(&shop, &job)?.json_lines() {
        out.emit(sale?)?;
    }
    Ok(())
}

fn report(shop: &Http, job: &Job) -> Result<Response> {
    for _ in 0..60 {
        let response = shop.get(format!("/reports/{}", job.id)).send()?;
        if response.status() != 202 {
            return Ok(response);
        }
        let wait = response.header("Retry-After").and_then(|wait| wait.parse().ok());
        std::thread::sleep(Duration::from_secs(wait.unwrap_or(10)));
    }
    Err(Error::transient("the report is not ready"))
}
