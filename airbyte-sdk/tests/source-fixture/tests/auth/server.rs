//! A server that responds to all requests by one closure, and can serve as a proxy.

use renamed_sdk::testing::Server;
use renamed_sdk::testing::server::{Request, Response};
use serde_json::Value;

/// Accepts every tunnel, and responds to other requests by the closure.
pub(crate) fn start(respond: impl Fn(&Request) -> Response + Send + Sync + 'static) -> Server {
    let server = Server::start();
    server.on("CONNECT *").status(200);
    server.on("*").respond_with(respond);
    server
}

pub(crate) fn json(status: u16, body: &Value) -> Response {
    Response::json(body.clone()).status(status)
}

pub(crate) fn is_for_a_token(request: &Request) -> bool {
    request.target() == "/token"
}

/// Returns the bearer token of a request, if any.
pub(crate) fn token(request: &Request) -> Option<&str> {
    request.header("Authorization")?.strip_prefix("Bearer ")
}

/// Returns the requests to the token endpoint, and all others.
pub(crate) fn sorted(server: &Server) -> (Vec<Request>, Vec<Request>) {
    server.requests().into_iter().partition(is_for_a_token)
}

/// Paths and queries, in order.
pub(crate) fn targets(server: &Server) -> Vec<String> {
    server.requests().iter().map(|request| request.target().to_owned()).collect()
}
