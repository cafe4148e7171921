//! An API that has these responses, one for each request, and remembers what it was asked.

use airbyte_sdk::testing::Server;
use airbyte_sdk::testing::server::{Request, Response};
use std::fmt::Display;

pub(crate) type Answer = Response;

/// An answer with a good status.
pub(crate) fn good(body: impl Display) -> Answer {
    answer(200, "", body)
}

/// The header is a line of its own, or nothing.
pub(crate) fn answer(status: u16, header: &str, body: impl Display) -> Answer {
    // The next request comes on a connection of its own, and so in its turn.
    let response = Response::bytes(body.to_string()).status(status).close();
    match header.split_once(": ") {
        Some((name, value)) => response.header(name, value),
        None => response,
    }
}

pub(crate) struct Service {
    pub(crate) url: String,
    server: Server,
}

impl Service {
    /// When all answers are given, further requests are refused in a way that no client repeats, and fail the test.
    pub(crate) fn start(answers: impl IntoIterator<Item = Answer>) -> Self {
        let server = Server::start();
        server.on("*").respond_in_order(answers);
        Self { url: server.url().to_owned(), server }
    }

    /// Has a response for each request.
    pub(crate) fn answering(answer: impl Fn(&Request) -> Answer + Send + Sync + 'static) -> Self {
        let server = Server::start();
        server.on("*").respond_with(answer);
        Self { url: server.url().to_owned(), server }
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.server.requests()
    }

    /// What it was asked: methods, paths and queries.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.requests().iter().map(ToString::to_string).collect()
    }
}

/// The value of the only header of this name; empty if there is none.
pub(crate) fn header<'r>(request: &'r Request, name: &str) -> &'r str {
    let mut values = request.header_values(name);
    let value = values.next().unwrap_or_default();
    assert!(values.next().is_none(), "{name} comes twice");
    value
}
