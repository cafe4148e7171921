//! An HTTP server on the loopback interface, for tests without a network.
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
//! To test a fetch function, use [`testing::fetch`](super::fetch); to test a whole connector, use
//! [`testing::Connector`](super::Connector) with the server's URL in the configuration.
//!
//! # Routes
//!
//! [`Server::on`] takes a method and a path. Without a method, the route matches every method. Write the path decoded.
//!
//! | route | matches |
//! | --- | --- |
//! | `GET /orders` | this path, with any query |
//! | `GET /orders?page=2` | this path, if `page` is `2`; like [`Route::query`] |
//! | `GET /shops/{shop}/orders` | any single segment in place of `{shop}`; [`Request::parameter`] returns it |
//! | `GET /files/*` | all paths below `/files` |
//! | `/*` | all paths |
//! | `*` | every request; `CONNECT *` every request with this method |
//!
//! If several routes match, the most specific one responds. The criteria, in order:
//!
//! 1. the number of literal segments in the path;
//! 2. a path without a `*`, then a path with a `*`, then no path;
//! 3. a method;
//! 4. the number of conditions (query, header, closure);
//! 5. the route that was added first.
//!
//! If no route matches, the client gets HTTP 501 with a message that lists the routes, and the server panics when it is
//! dropped. This distinguishes a misspelled path from an API without data. To respond to all other requests, add the route
//! `*`.
//!
//! # Several responses, and computed responses
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
//! | fault | effect |
//! | --- | --- |
//! | [`cut_after(n)`](Response::cut_after) | the connection is closed after `n` bytes of the body |
//! | [`reset_after(n)`](Response::reset_after) | the connection is reset after `n` bytes (closed, on platforms other than Unix) |
//! | [`stall_after(n)`](Response::stall_after) | nothing is sent after `n` bytes, until the client closes the connection |
//! | [`wait_after(n, &gate)`](Response::wait_after) | the rest after `n` bytes is sent when the test opens the [`Gate`] |
//! | [`wait_for(&gate)`](Response::wait_for) | nothing is sent until the test opens the gate |
//! | [`in_pieces(n, pause)`](Response::in_pieces) | the body is sent slowly, `n` bytes at a time |
//! | [`content_length(n)`](Response::content_length) | the announced length is `n`, whatever the body's is |
//! | [`without_length()`](Response::without_length) | no length is announced; the end of the connection ends the body |
//! | [`chunked(n)`](Response::chunked), [`trailer(name, value)`](Response::trailer) | the body is sent in chunks of `n` bytes; headers after it |
//! | [`gzip()`](Response::gzip) | the body is compressed |
//! | [`close()`](Response::close) | the connection is closed after the response |
//! | [`Response::silence()`](Response::silence) | no response is sent |
//! | [`Response::hang_up()`](Response::hang_up) | the connection is closed without a response |
//! | [`Response::raw(bytes)`](Response::raw) | exactly these bytes are sent |
//! | [`Response::script(closure)`](Response::script) | the closure writes the response |
//!
//! Faults can be combined. `n` counts the bytes of the body, after compression and without chunk headers. For a raw
//! response, it counts all bytes.
//!
//! # Limits
//!
//! A test cannot hang: each request and each response must be complete within 60 seconds
//! ([`Server::with_time_limit`] sets another limit). Otherwise the connection is closed, and the server panics when it is
//! dropped. Dropping the server closes all connections and ends all threads. The head of a request may have 64 KiB, its
//! body 64 MiB.

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

/// An HTTP server that returns the responses defined by a test, and records the requests. See the [module](self).
///
/// # Panics
///
/// On drop, if a request matched no route or could not be read, a closure of the test panicked, or a response exceeded
/// the time limit. If the thread is already panicking, the server prints the problems to stderr instead.
pub struct Server {
    shared: Arc<Shared>,
    address: SocketAddr,
    url: String,
    accepting: Option<JoinHandle<()>>,
}

impl Server {
    /// Starts a server on a free port of 127.0.0.1.
    ///
    /// # Panics
    ///
    /// If no port or thread is available.
    #[must_use]
    #[track_caller]
    pub fn start() -> Self {
        Self::with_time_limit(LIMIT)
    }

    /// Starts a server with this time limit for a request or a response, instead of 60 seconds.
    ///
    /// # Panics
    ///
    /// If no port or thread is available.
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
            Err(error) => panic!("cannot start the test server: {error}"),
        }
    }

    /// Returns the URL, without a trailing slash: `http://127.0.0.1:PORT`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Begins a route, such as `GET /orders/{id}`. It is added when the returned [`Route`] is given a response, e.g. with
    /// [`Route::json`].
    ///
    /// # Panics
    ///
    /// If the route does not have one of the forms in the [table](self#routes).
    #[track_caller]
    pub fn on(&self, route: &str) -> Route<'_> {
        Route::new(&self.shared, route)
    }

    /// Returns all requests so far, in the order in which they were completely received, including those that matched
    /// no route.
    pub fn requests(&self) -> Vec<Request> {
        self.shared.requests()
    }

    /// Waits until at least `count` requests were received, and returns all requests.
    ///
    /// # Panics
    ///
    /// If fewer were received within the time limit.
    #[track_caller]
    pub fn wait_for_requests(&self, count: usize) -> Vec<Request> {
        let received = self.shared.wait_for_requests(count);
        let limit = self.shared.limit;
        assert!(received >= count, "received {received} of {count} requests within {limit:?}");
        self.requests()
    }

    /// Returns the number of connections so far. It is less than the number of requests if the client reused connections.
    pub fn connections(&self) -> usize {
        self.shared.connections()
    }
}

impl Drop for Server {
    #[expect(clippy::panic, reason = "this is for tests: a problem fails the test")]
    #[expect(clippy::print_stderr, reason = "a second panic would abort the test program")]
    fn drop(&mut self) {
        self.shared.end();
        // A connection wakes the accepting thread. If it cannot be made, the thread is not waited for.
        let woken = TcpStream::connect_timeout(&self.address, Duration::from_secs(1)).is_ok();
        if let Some(accepting) = self.accepting.take().filter(|_| woken) {
            let _ = accepting.join();
        }
        // A thread that runs a closure of the test may take longer, and ends after it.
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
