//! Tests of the server with a client that reads and writes bytes.

mod routes;
mod time;
mod wire;

use super::{Response, Server};
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

/// Returns a connection with a read timeout, to fail instead of hanging.
fn connect(server: &Server) -> TcpStream {
    let stream = TcpStream::connect(server.address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    stream
}

/// Sends a request; returns everything that is received, and how the connection ended.
fn exchange(server: &Server, request: &str) -> (String, io::Result<()>) {
    let mut stream = connect(server);
    stream.write_all(request.as_bytes()).unwrap();
    rest(&mut stream)
}

fn rest(stream: &mut TcpStream) -> (String, io::Result<()>) {
    let mut received = Vec::new();
    let end = stream.read_to_end(&mut received).map(drop);
    (String::from_utf8_lossy(&received).into_owned(), end)
}

/// Reads exactly this number of bytes.
fn bytes(stream: &mut TcpStream, count: usize) -> String {
    let mut received = vec![0; count];
    stream.read_exact(&mut received).unwrap();
    String::from_utf8(received).unwrap()
}

/// Returns the response to a single GET request.
fn get(server: &Server, target: &str) -> String {
    let (response, end) = exchange(server, &format!("GET {target} HTTP/1.1\r\nConnection: close\r\n\r\n"));
    end.unwrap();
    response
}

/// Returns a server with one response to all requests.
fn responding(response: Response) -> Server {
    let server = Server::start();
    server.on("*").respond(response);
    server
}

/// Returns the panic message of the server when it is dropped, if it panics.
fn reported(server: Server) -> Option<String> {
    let panic = catch_unwind(AssertUnwindSafe(|| drop(server))).err()?;
    Some(panic.downcast_ref::<String>().unwrap().clone())
}
