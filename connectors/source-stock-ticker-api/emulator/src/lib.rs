//! An emulator of the stock price API: daily bars with the API's pagination, errors and plans, and faults set by a test.
//!
//! ```
//! use stock_api_emulator::{Response, Emulator, Settings};
//!
//! # fn main() -> std::io::Result<()> {
//! let emulator = Emulator::start(Settings { api_key: "secret".to_owned(), ..Settings::default() })?;
//! let address = format!("{}/v2/aggs/ticker/AAPL/range/1/day/2026-03-02/2026-03-13", emulator.url());
//! // ... a client reads `address` ...
//! # assert!(address.starts_with("http://127.0.0.1:"));
//! assert!(emulator.requests().iter().all(|request| request.header("Authorization").is_some()));
//!
//! // From now on every third request gets a server error.
//! emulator.update(|settings| {
//!     settings.fault = Some(std::sync::Arc::new(|number, _request| {
//!         (number % 3 == 2).then(|| Response::text(503, "").header("Retry-After", "1"))
//!     }));
//! });
//! # Ok(())
//! # }
//! ```
//!
//! The only endpoint is `/v2/aggs/ticker/{ticker}/range/1/day/{from}/{to}`. Prices are generated, and are the same in
//! every run; [`closing_price`] returns them without a request. The known tickers are `AAPL TSLA AMZN MSFT GOOG BRK.A
//! BRK.B KIMpL`, `NSRGY` with `otc`, and `TWTR` until 27 October 2022; all others have no bars. As in the real API,
//! some bars lack `n` or `vw`. The error messages are those of the real API, except those about `limit`, `sort`,
//! `adjusted`,
//! `cursor`, multiplier and timespan.

mod aggregates;
mod bars;
mod calendar;
mod call_limit;
mod error_response;
pub mod faults;
mod request;
mod response;
mod server;
mod settings;

#[cfg(test)]
mod tests;

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

pub use crate::bars::closing_price;
pub use crate::calendar::is_trading_day;
pub use crate::request::Request;
pub use crate::response::Response;
pub use crate::settings::{CallLimit, EmptyResults, Fault, NextPage, RetryAfter, Settings, VolumeForm};

use crate::server::Shared;

/// A running server. Dropping it stops the server and closes all connections.
pub struct Emulator {
    shared: Arc<Shared>,
    address: SocketAddr,
    accepting: Option<JoinHandle<()>>,
}

impl Emulator {
    /// Starts the server.
    ///
    /// # Errors
    ///
    /// If the address is not available, or no thread can be started.
    pub fn start(settings: Settings) -> std::io::Result<Self> {
        let listener = TcpListener::bind((settings.host, settings.port))?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared::new(format!("http://{address}"), settings));
        let for_thread = Arc::clone(&shared);
        let accepting = thread::Builder::new().spawn(move || server::accept(&listener, &for_thread))?;
        Ok(Self { shared, address, accepting: Some(accepting) })
    }

    /// Returns the URL, `http://HOST:PORT`.
    pub fn url(&self) -> String {
        self.shared.url.clone()
    }

    /// Returns all requests so far, in the order of arrival.
    pub fn requests(&self) -> Vec<Request> {
        self.shared.requests()
    }

    /// Changes the settings of the running server, for example its clock.
    pub fn update(&self, change: impl FnOnce(&mut Settings)) {
        self.shared.update(change);
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        self.shared.stop();
        // The accept loop checks the flag after its next connection, so one is made.
        let woken = TcpStream::connect_timeout(&self.address, Duration::from_secs(1)).is_ok();
        if let Some(accepting) = self.accepting.take()
            && woken
        {
            // A panic of that thread has already been printed.
            let _ = accepting.join();
        }
        self.shared.hang_up();
    }
}
