//! A service on loopback: answers as a closure says, and remembers what it was asked.

use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) method: String,
    /// With its query; of a proxy, host and port.
    pub(crate) target: String,
    head: Vec<String>,
    pub(crate) body: String,
}

impl Request {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let named = |line: &'_ &String| {
            line.split_once(':').is_some_and(|(candidate, _)| candidate.eq_ignore_ascii_case(name))
        };
        self.head.iter().find(named).and_then(|line| line.split_once(':')).map(|(_, value)| value.trim())
    }

    /// How many headers have this name.
    pub(crate) fn count(&self, name: &str) -> usize {
        let fields = self.head.iter().filter_map(|line| line.split_once(':'));
        fields.filter(|(field, _)| field.eq_ignore_ascii_case(name)).count()
    }

    pub(crate) fn is_for_a_token(&self) -> bool {
        self.target == "/token"
    }

    /// The token that it signs in with, if it does.
    pub(crate) fn token(&self) -> Option<&str> {
        self.header("Authorization")?.strip_prefix("Bearer ")
    }
}

pub(crate) struct Answer {
    status: u16,
    headers: String,
    body: String,
}

impl Answer {
    pub(crate) fn json(status: u16, body: &Value) -> Self {
        Self { status, headers: String::new(), body: body.to_string() }
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push_str(&format!("{name}: {value}\r\n"));
        self
    }
}

pub(crate) struct Service {
    pub(crate) url: String,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Service {
    /// Each connection has a thread of its own, so that an answer may take its time.
    pub(crate) fn start(answer: impl Fn(&Request) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::<Mutex<Vec<Request>>>::default();
        let (answer, seen) = (Arc::new(answer), Arc::clone(&requests));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (answer, seen) = (Arc::clone(&answer), Arc::clone(&seen));
                std::thread::spawn(move || converse(stream.unwrap(), &*answer, &seen));
            }
        });
        Self { url, requests }
    }

    /// A proxy that refuses every connection with this status.
    pub(crate) fn refusing_tunnels(status: u16) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::<Mutex<Vec<Request>>>::default();
        let seen = Arc::clone(&requests);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let request = next(&mut BufReader::new(stream.try_clone().unwrap()));
                seen.lock().unwrap().extend(request);
                let head = format!("HTTP/1.1 {status} No\r\nContent-Length: 0\r\n\r\n");
                let _ = stream.write_all(head.as_bytes());
            }
        });
        Self { url, requests }
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }

    /// What it was asked at the token endpoint, and elsewhere.
    pub(crate) fn sorted(&self) -> (Vec<Request>, Vec<Request>) {
        self.requests().into_iter().partition(Request::is_for_a_token)
    }
}

/// A client that has gone ends it.
fn converse(mut stream: TcpStream, answer: &dyn Fn(&Request) -> Answer, seen: &Mutex<Vec<Request>>) {
    let mut input = BufReader::new(stream.try_clone().unwrap());
    while let Some(request) = next(&mut input) {
        if request.method == "CONNECT" {
            seen.lock().unwrap().push(request);
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n");
            continue;
        }
        seen.lock().unwrap().push(request.clone());
        let Answer { status, headers, body } = answer(&request);
        let length = body.len();
        let answer = format!("HTTP/1.1 {status} Status\r\nContent-Length: {length}\r\n{headers}\r\n{body}");
        if stream.write_all(answer.as_bytes()).is_err() {
            return;
        }
    }
}

fn next(input: &mut BufReader<TcpStream>) -> Option<Request> {
    let mut head = Vec::new();
    loop {
        let mut line = String::new();
        match input.read_line(&mut line) {
            Ok(0) | Err(_) => return None,
            Ok(_) if line == "\r\n" => break,
            Ok(_) => head.push(line.trim_end().to_owned()),
        }
    }
    let mut first = head.first()?.split(' ').map(str::to_owned);
    let (method, target) = (first.next()?, first.next()?);
    let mut request = Request { method, target, head, body: String::new() };
    let length = request.header("Content-Length").map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length];
    input.read_exact(&mut body).ok()?;
    request.body = String::from_utf8(body).unwrap();
    Some(request)
}
