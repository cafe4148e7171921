//! The stock price API on your own machine: daily bars with the service's paging, errors and plans, and any fault
//! that a test scripts.
//!
//! ```
//! use stock_api_emulator::{Answer, Emulator, Settings};
//!
//! # fn main() -> std::io::Result<()> {
//! let emulator = Emulator::start(Settings { api_key: "secret".to_owned(), ..Settings::default() })?;
//! let address = format!("{}/v2/aggs/ticker/AAPL/range/1/day/2026-03-02/2026-03-13", emulator.url());
//! // ... a client reads `address` ...
//! # assert!(address.starts_with("http://127.0.0.1:"));
//! assert!(emulator.requests().iter().all(|request| request.header("Authorization").is_some()));
//!
//! // From here on every third request meets a server in trouble.
//! emulator.update(|settings| {
//!     settings.fault = Some(std::sync::Arc::new(|number, _request| {
//!         (number % 3 == 2).then(|| Answer::text(503, "").header("Retry-After", "1"))
//!     }));
//! });
//! # Ok(())
//! # }
//! ```
//!
//! One endpoint is served, `/v2/aggs/ticker/{ticker}/range/1/day/{from}/{to}`. Prices are made up, the same
//! in every run; [`closing_price`] tells them without a request. A few tickers are known (`AAPL TSLA AMZN
//! MSFT GOOG BRK.A BRK.B KIMpL NSRGY`, the last one with `otc`, and `TWTR` up to 27 October 2022), all others have no bars. Some bars lack `n`
//! or `vw`, as the service's do. The texts of refusals are the service's own, except those about `limit`,
//! `sort`, `adjusted`, `cursor`, multiplier and timespan, which are made up.

mod aggregates;
mod answer;
mod bars;
mod calendar;
mod call_limit;
pub mod faults;
mod refusal;
mod request;
mod server;
mod settings;

#[cfg(test)]
mod tests;

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

pub use crate::answer::Answer;
pub use crate::bars::closing_price;
pub use crate::calendar::is_trading_day;
pub use crate::request::Request;
pub use crate::settings::{CallLimit, EmptyResults, Fault, NextPage, RetryAfter, Settings, VolumeForm};

use crate::server::Shared;

/// A running server. It stops when dropped, and ends all its connections.
pub struct Emulator {
    shared: Arc<Shared>,
    address: SocketAddr,
    accepting: Option<JoinHandle<()>>,
}

impl Emulator {
    /// Opens the port and serves from now on.
    pub fn start(settings: Settings) -> std::io::Result<Self> {
        let listener = TcpListener::bind((settings.host, settings.port))?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared::new(format!("http://{address}"), settings));
        let for_thread = Arc::clone(&shared);
        let accepting = thread::Builder::new().spawn(move || server::accept(&listener, &for_thread))?;
        Ok(Self { shared, address, accepting: Some(accepting) })
    }

    /// Where it listens, as `http://127.0.0.1:PORT` or at the host of the settings.
    pub fn url(&self) -> String {
        self.shared.url.clone()
    }

    /// Every request so far, in the order of arrival.
    pub fn requests(&self) -> Vec<Request> {
        self.shared.requests()
    }

    /// Changes the settings of the running server, for example moves its clock.
    pub fn update(&self, change: impl FnOnce(&mut Settings)) {
        self.shared.update(change);
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        self.shared.stop();
        // The accept loop sees the order with its next connection, so it gets one.
        let woken = TcpStream::connect_timeout(&self.address, Duration::from_secs(1)).is_ok();
        if let Some(accepting) = self.accepting.take()
            && woken
        {
            // A panic over there has been reported already.
            let _ = accepting.join();
        }
        self.shared.hang_up();
    }
}
