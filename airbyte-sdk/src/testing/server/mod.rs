//! An HTTP server on loopback, for tests without a network.
//!
//! ```
//! use airbyte_sdk::testing::{Server, http};
//! use airbyte_sdk::{Http, Result};
//! use serde_json::json;
//!
//! fn cities(http: &Http, url: &str) -> Result<Vec<String>> {
//!     http.base_url(url).get("/cities").query("country", "no").json()
//! }
//!
//! let server = Server::start();
//! server.on("GET /cities").query("country", "no").json(json!(["Bergen", "Oslo"]));
//! assert_eq!(cities(&http(), server.url()).unwrap(), ["Bergen", "Oslo"]);
//! assert_eq!(server.requests()[0].header("Accept-Encoding"), Some("gzip"));
//! ```
//!
//! [`testing::fetch`](super::fetch) runs a fetch function and returns its records; a whole connector is run by
//! [`testing::Connector`](super::Connector), with the server's URL in its configuration.
//!
//! # Routes
//!
//! [`Server::on`] takes a method and a path. Without a method every one is meant. The path is written decoded.
//!
//! | route | requests |
//! | --- | --- |
//! | `GET /orders` | this path, with any query |
//! | `GET /orders?page=2` | the same, if `page` is `2`; [`Route::query`] does the same |
//! | `GET /shops/{shop}/orders` | any one segment in the place of `{shop}`; [`Request::parameter`] returns it |
//! | `GET /files/*` | all paths below `/files` |
//! | `/*` | all paths |
//! | `*` | every request; `CONNECT *` every one with this method |
//!
//! If several routes match, the most specific one responds: the one with the most literal segments in its path; of equals, one
//! without a `*`, or else with a path; then one with a method; then the one with the most conditions (query, header,
//! closure); then the one that was added first.
//!
//! A request that no route matches gets HTTP 501, with a message that lists the routes, and the server panics when it is
//! dropped. So a misspelt path is not taken for an API without data. To respond to all other requests, add a route `*`.
//!
//! # One response after the other
//!
//! ```
//! # use airbyte_sdk::testing::{Server, http, server::Response};
//! # use serde_json::json;
//! # let server = Server::start();
//! server.on("GET /orders").respond_in_order([
//!     Response::new(429).header("Retry-After", "30"),
//!     Response::json(json!([{"id": 1}])),
//! ]);
//! server.on("GET /orders/{id}").respond_with(|request| {
//!     Response::json(json!({"id": request.parameter("id")}))
//! });
//! # let http = http().base_url(server.url());
//! # assert_eq!(http.get("/orders").json::<serde_json::Value>().unwrap(), json!([{"id": 1}]));
//! # assert_eq!(http.get("/orders/a%20b").json::<serde_json::Value>().unwrap(), json!({"id": "a b"}));
//! ```
//!
//! # Faults
//!
//! | fault | what the client sees |
//! | --- | --- |
//! | [`cut_after(n)`](Response::cut_after) | the connection is closed after `n` bytes of the body |
//! | [`reset_after(n)`](Response::reset_after) | the connection is reset after `n` bytes (elsewhere than on Unix it is closed) |
//! | [`stall_after(n)`](Response::stall_after) | `n` bytes, and then nothing |
//! | [`wait_after(n, &gate)`](Response::wait_after) | `n` bytes, and the rest when the test opens the [`Gate`] |
//! | [`wait_for(&gate)`](Response::wait_for) | nothing before the test opens the gate |
//! | [`in_pieces(n, pause)`](Response::in_pieces) | a slow body: `n` bytes at a time |
//! | [`content_length(n)`](Response::content_length) | a wrong length: too many bytes, or too few |
//! | [`without_length()`](Response::without_length) | a body that ends with its connection |
//! | [`chunked(n)`](Response::chunked), [`trailer(name, value)`](Response::trailer) | a body in chunks of `n` bytes; headers after it |
//! | [`gzip()`](Response::gzip) | a packed body |
//! | [`close()`](Response::close) | no second request on this connection |
//! | [`Response::silence()`](Response::silence) | no response |
//! | [`Response::hang_up()`](Response::hang_up) | a connection that is closed without a response |
//! | [`Response::raw(bytes)`](Response::raw) | exactly these bytes |
//! | [`Response::script(closure)`](Response::script) | what the closure writes |
//!
//! They can be combined. `n` counts the bytes of the body, after packing and without the frames of chunks; of a raw
//! response it counts all bytes.
//!
//! # A test cannot hang
//!
//! A request must be complete within 60 seconds, and so must a response: then the connection is closed, and the server panics
//! when it is dropped. So a response that stalls has an end too. [`Server::with_time_limit`] sets another limit. Dropping the
//! server ends all of its connections and threads. A head may have 64 KiB, and the body of a request 64 MiB.

mod connection;
mod gate;
mod request;
mod response;
mod route;
mod shared;
#[cfg(test)]
mod tests;
mod wire;

pub use gate::Gate;
pub use request::Request;
pub use response::Response;
pub use route::Route;

use shared::Shared;
use std::fmt;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

const LIMIT: Duration = Duration::from_secs(60);

/// An HTTP server on loopback that responds as a test says, and remembers what was requested. See the
/// [module](self).
///
/// # Panics
///
/// When it is dropped, if there was a request that no route matches or that could not be read, if a closure of the test
/// panicked, or if a response exceeded the time limit. If the thread is panicking already, that is printed instead.
pub struct Server {
    shared: Arc<Shared>,
    address: SocketAddr,
    url: String,
    accepting: Option<JoinHandle<()>>,
}

impl Server {
    /// Starts a server at a free port of 127.0.0.1.
    ///
    /// # Panics
    ///
    /// If there is no port or no thread to be had.
    #[must_use]
    #[track_caller]
    pub fn start() -> Self {
        Self::with_time_limit(LIMIT)
    }

    /// Starts a server that gives up a request or a response after this time, instead of 60 seconds.
    ///
    /// # Panics
    ///
    /// If there is no port or no thread to be had.
    #[must_use]
    #[track_caller]
    #[expect(clippy::panic, reason = "this is for tests")]
    pub fn with_time_limit(limit: Duration) -> Self {
        let shared = Arc::new(Shared::new(limit));
        let started = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|listener| {
            let address = listener.local_addr()?;
            let for_thread = Arc::clone(&shared);
            let name = "test server".to_owned();
            let accepting = thread::Builder::new()
                .name(name)
                .spawn(move || connection::accept(&listener, &for_thread))?;
            Ok((address, accepting))
        });
        match started {
            Ok((address, accepting)) => {
                Self { shared, address, url: format!("http://{address}"), accepting: Some(accepting) }
            }
            Err(error) => panic!("the test server does not start: {error}"),
        }
    }

    /// The URL, without a slash at its end: `http://127.0.0.1:PORT`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Begins a route, such as `GET /orders/{id}`. It is added by the method that says how it responds.
    ///
    /// # Panics
    ///
    /// If the route is not written like those in the [table](self#routes).
    #[track_caller]
    pub fn on(&self, route: &str) -> Route<'_> {
        Route::new(&self.shared, route)
    }

    /// All requests so far, in the order in which they were complete, also those that no route matches.
    pub fn requests(&self) -> Vec<Request> {
        self.shared.requests()
    }

    /// Waits until there were so many requests, and returns all of them.
    ///
    /// # Panics
    ///
    /// If there are fewer when the time limit has passed.
    #[track_caller]
    pub fn wait_for_requests(&self, count: usize) -> Vec<Request> {
        let came = self.shared.wait_for_requests(count);
        assert!(came >= count, "{came} of {count} requests came within {:?}", self.shared.limit);
        self.requests()
    }

    /// How many connections there were: fewer than requests, if the client used some of them again.
    pub fn connections(&self) -> usize {
        self.shared.connections()
    }
}

impl Drop for Server {
    #[expect(clippy::panic, reason = "this is for tests: what was not expected is a failure of the test")]
    #[expect(clippy::print_stderr, reason = "a second panic would abort all tests")]
    fn drop(&mut self) {
        self.shared.end();
        // The thread finds out with the next connection. If there is none to be had, it is left alone.
        let woken = TcpStream::connect_timeout(&self.address, Duration::from_secs(1)).is_ok();
        if let Some(accepting) = self.accepting.take().filter(|_| woken) {
            let _ = accepting.join();
        }
        // A thread in a closure of the test may take longer, and ends after it.
        let _ = self.shared.wait_for_threads();
        match self.shared.take_problems() {
            Some(problems) if thread::panicking() => eprintln!("{problems}"),
            Some(problems) => panic!("{problems}"),
            None => {}
        }
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").field("url", &self.url).finish_non_exhaustive()
    }
}
