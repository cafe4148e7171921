//! # Timeouts and size limits
//!
//! For an API that takes minutes to respond, or whose responses should never be large. The number of requests is limited for the whole
//! run, by `rate_limit` in `#[airbyte_source]`.

use airbyte_sdk::http::TransferLimits;
use airbyte_sdk::{AirbyteSpec, Deserialize, Emitter, Result, airbyte_stream};
use std::time::Duration;

#[derive(AirbyteSpec)]
pub struct Config {
    #[airbyte(default = "https://shop.example", url, hidden)]
    pub api_url: String,
}

#[airbyte_stream(name = "sales")]
#[derive(Deserialize)]
pub struct Sale {
    amount: f64,
}

pub fn fetch(config: &Config, out: &mut Emitter<Sale>) -> Result<()> {
    let limits = TransferLimits::default().response_timeout(Duration::from_secs(300)).max_body_size(1 << 20);
    let sales: Vec<Sale> =
        out.http().base_url(&config.api_url).transfer_limits(limits).get("/report").json()?;
    for sale in sales {
        out.emit(sale)?;
    }
    Ok(())
}
