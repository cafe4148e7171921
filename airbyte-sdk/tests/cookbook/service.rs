//! A service on loopback that has these answers, one for each request, and remembers what it was asked.

use std::fmt::Display;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

#[derive(Clone)]
pub(crate) struct Request {
    method: String,
    /// With its query.
    target: String,
    head: Vec<String>,
    pub(crate) body: String,
}

impl Request {
    /// Empty if it has none of this name.
    pub(crate) fn header(&self, name: &str) -> &str {
        let fields = self.head.iter().filter_map(|line| line.split_once(':'));
        let mut named = fields.filter(|(field, _)| field.eq_ignore_ascii_case(name));
        let value = named.next().map_or("", |(_, value)| value.trim());
        assert!(named.next().is_none(), "{name} comes twice");
        value
    }
}

pub(crate) struct Answer(String);

/// An answer with a good status.
pub(crate) fn good(body: impl Display) -> Answer {
    answer(200, "", body)
}

/// The header is a line of its own, or nothing.
pub(crate) fn answer(status: u16, header: &str, body: impl Display) -> Answer {
    let (body, end) = (body.to_string(), if header.is_empty() { "" } else { "\r\n" });
    let length = body.len();
    // The next request comes on a connection of its own, and so in its turn.
    Answer(format!(
        "HTTP/1.1 {status} Status\r\nContent-Length: {length}\r\nConnection: close\r\n{header}{end}\r\n{body}"
    ))
}

pub(crate) struct Service {
    pub(crate) url: String,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Service {
    /// When all answers are given, further requests are refused in a way that no client repeats.
    pub(crate) fn start<const N: usize>(answers: [Answer; N]) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::<Mutex<Vec<Request>>>::default();
        let seen = Arc::clone(&requests);
        std::thread::spawn(move || {
            let mut answers = answers.into_iter();
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                seen.lock().unwrap().push(read(&stream));
                let Answer(text) = answers.next().unwrap_or_else(|| answer(410, "", "asked too often"));
                // A client that does not wait for the end has its reasons.
                let _ = stream.write_all(text.as_bytes());
            }
        });
        Self { url, requests }
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }

    /// What it was asked: methods, paths and queries.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.requests().iter().map(|request| format!("{} {}", request.method, request.target)).collect()
    }
}

fn read(stream: &TcpStream) -> Request {
    let mut input = BufReader::new(stream);
    let mut head: Vec<String> =
        input.by_ref().lines().map(Result::unwrap).take_while(|line| !line.is_empty()).collect();
    let first = head.remove(0);
    let mut words = first.split(' ').map(str::to_owned);
    let (method, target) = (words.next().unwrap(), words.next().unwrap());
    let mut request = Request { method, target, head, body: String::new() };
    let length = request.header("Content-Length").parse().unwrap_or(0);
    input.take(length).read_to_string(&mut request.body).unwrap();
    request
}
