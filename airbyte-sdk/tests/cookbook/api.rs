//! A mock API with one response for each request, which records the requests.

use airbyte_sdk::testing::Server;
use airbyte_sdk::testing::server::Request;
pub(crate) use airbyte_sdk::testing::server::Response;
use std::fmt::Display;

/// Returns a response with status 200.
pub(crate) fn good(body: impl Display) -> Response {
    response(200, "", body)
}

/// Returns a response with a header line such as `Retry-After: 3`, or none if it is empty.
pub(crate) fn response(status: u16, header: &str, body: impl Display) -> Response {
    // The next request then comes on a new connection, so the requests are recorded in order.
    let response = Response::bytes(body.to_string()).status(status).close();
    match header.split_once(": ") {
        Some((name, value)) => response.header(name, value),
        None => response,
    }
}

pub(crate) struct Api {
    pub(crate) url: String,
    server: Server,
}

impl Api {
    /// Further requests get an error that is not retried, and fail the test.
    pub(crate) fn start(responses: impl IntoIterator<Item = Response>) -> Self {
        let server = Server::start();
        server.on("*").respond_in_order(responses);
        Self { url: server.url().to_owned(), server }
    }

    /// Computes the response to each request.
    pub(crate) fn responding(response: impl Fn(&Request) -> Response + Send + Sync + 'static) -> Self {
        let server = Server::start();
        server.on("*").respond_with(response);
        Self { url: server.url().to_owned(), server }
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.server.requests()
    }

    /// Returns the methods, paths and queries of the requests.
    pub(crate) fn requested(&self) -> Vec<String> {
        self.requests().iter().map(ToString::to_string).collect()
    }
}

/// Returns the value of the only header of this name; empty if there is none.
pub(crate) fn header<'r>(request: &'r Request, name: &str) -> &'r str {
    let mut values = request.header_values(name);
    let value = values.next().unwrap_or_default();
    assert!(values.next().is_none(), "{name} is sent twice");
    value
}
