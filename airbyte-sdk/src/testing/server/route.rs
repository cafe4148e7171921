//! Routes: which requests get which responses.
#![expect(clippy::panic, reason = "this is for tests: an invalid route fails the test")]

use super::request::{Request, decoded, decoded_form};
use super::response::Response;
use super::shared::Shared;
use serde_json::Value;
use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

/// A route that is being added to a [`Server`](super::Server).
///
/// Methods such as [`query`](Self::query) add conditions; then a method such as [`json`](Self::json) sets the response
/// and adds the route.
#[must_use = "a route without a response is not added"]
pub struct Route<'s> {
    shared: &'s Shared,
    rule: Rule,
}

/// The condition that a request must meet.
#[derive(Default)]
pub(super) struct Rule {
    /// The pattern as the test wrote it.
    pattern: String,
    method: Option<String>,
    path: Path,
    query: Vec<(String, String)>,
    headers: Vec<(String, String)>,
    conditions: Vec<Condition>,
}

type Condition = Box<dyn Fn(&Request) -> bool + Send + Sync>;

#[derive(Default)]
enum Path {
    /// Any target.
    #[default]
    Any,
    Segments {
        segments: Vec<Segment>,
        /// Whether more segments may follow.
        open: bool,
    },
}

enum Segment {
    Literal(String),
    Named(String),
}

/// A rule with its responses.
pub(super) struct Responder {
    pub(super) rule: Rule,
    responses: Responses,
}

enum Responses {
    Computed(Compute),
    InOrder { total: usize, left: Mutex<VecDeque<Response>> },
}

pub(super) type Compute = Arc<dyn Fn(&Request) -> Response + Send + Sync>;

/// The response of a responder to one request.
pub(super) enum Chosen {
    Ready(Response),
    ToCompute(Compute),
}

impl<'s> Route<'s> {
    #[track_caller]
    pub(super) fn new(shared: &'s Shared, pattern: &str) -> Self {
        match Rule::parse(pattern) {
            Ok(rule) => Self { shared, rule },
            Err(why) => panic!("the route `{pattern}` {why}; write it like `GET /orders/{{id}}`"),
        }
    }

    /// Requires that the first query parameter with this name has this value, both decoded. Other parameters are allowed.
    pub fn query(mut self, name: &str, value: &str) -> Self {
        self.rule.query.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Requires that the first header with this name has this value.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.rule.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Requires that this closure returns `true` for the request.
    pub fn when(mut self, condition: impl Fn(&Request) -> bool + Send + Sync + 'static) -> Self {
        self.rule.conditions.push(Box::new(condition));
        self
    }

    /// Adds the route with this JSON and status 200 as its response.
    pub fn json(self, body: Value) {
        self.respond(Response::json(body));
    }

    /// Adds the route with this text and status 200 as its response.
    pub fn text(self, body: impl Into<String>) {
        self.respond(Response::text(body));
    }

    /// Adds the route with this status and an empty body as its response.
    pub fn status(self, status: u16) {
        self.respond(Response::new(status));
    }

    /// Adds the route with this response to every request.
    pub fn respond(self, response: Response) {
        self.respond_with(move |_| response.clone());
    }

    /// Adds the route with a closure that returns the response.
    ///
    /// Requests on several connections call it concurrently. If it panics, the client gets HTTP 500, and the
    /// [`Server`](super::Server) panics when it is dropped.
    pub fn respond_with(self, response: impl Fn(&Request) -> Response + Send + Sync + 'static) {
        self.add(Responses::Computed(Arc::new(response)));
    }

    /// Adds the route with one response for each of its requests, in order.
    ///
    /// After the last response the route matches no more requests: they fail the test unless another route matches.
    pub fn respond_in_order(self, responses: impl IntoIterator<Item = Response>) {
        let left: VecDeque<Response> = responses.into_iter().collect();
        self.add(Responses::InOrder { total: left.len(), left: Mutex::new(left) });
    }

    fn add(self, responses: Responses) {
        self.shared.add(Responder { rule: self.rule, responses });
    }
}

impl fmt::Debug for Route<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Route({})", self.rule)
    }
}

impl Rule {
    fn parse(pattern: &str) -> Result<Self, &'static str> {
        let (method, target) = match pattern.split_once(' ') {
            Some((method, target)) if !method.starts_with('/') => (Some(method), target),
            _ => (None, pattern),
        };
        if method.is_some_and(|method| method.is_empty() || !method.bytes().all(|b| b.is_ascii_uppercase())) {
            return Err("does not begin with a method in upper case");
        }
        let mut rule =
            Self { pattern: pattern.to_owned(), method: method.map(str::to_owned), ..Self::default() };
        if target == "*" {
            return Ok(rule);
        }
        let (path, query) = target.split_once('?').map_or((target, ""), |(path, query)| (path, query));
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            rule.query.push((decoded_form(name), decoded_form(value)));
        }
        let Some(path) = path.strip_prefix('/') else { return Err("has no path that begins with `/`") };
        if path.contains('#') {
            return Err("has a `#` in its path");
        }
        let (path, open) = match path.strip_suffix('*') {
            Some(rest) if rest.is_empty() || rest.ends_with('/') => (rest.trim_end_matches('/'), true),
            Some(_) => return Err("has a `*` that is not the whole last segment of the path"),
            None => (path, false),
        };
        let segments = if open && path.is_empty() { Vec::new() } else { path.split('/').collect() };
        let segments = segments.into_iter().map(|segment| {
            let name = segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
            match name {
                Some(name) => Ok(Segment::Named(name.to_owned())),
                None if segment.contains(['{', '}', '*']) => {
                    Err("has a `{name}` or a `*` that is not a whole segment of the path")
                }
                None => Ok(Segment::Literal(segment.to_owned())),
            }
        });
        rule.path = Path::Segments { segments: segments.collect::<Result<_, _>>()?, open };
        Ok(rule)
    }

    /// Returns the parameters in the path of a request; `None` if the rule does not match the request.
    pub(super) fn matches(&self, request: &Request) -> Option<Vec<(String, String)>> {
        if self.method.as_ref().is_some_and(|method| *method != request.method) {
            return None;
        }
        let parameters = self.path.matches(request.path())?;
        let query = self.query.iter().all(|(name, value)| request.query(name).as_ref() == Some(value));
        let headers = self.headers.iter().all(|(name, value)| request.header(name) == Some(value));
        (query && headers && self.conditions.iter().all(|condition| condition(request))).then_some(parameters)
    }

    /// Returns the specificity of the rule: the higher rank takes precedence.
    pub(super) fn rank(&self) -> impl Ord + use<> {
        let (literals, path) = match &self.path {
            Path::Any => (0, 0),
            Path::Segments { segments, open } => {
                let literals = segments.iter().filter(|segment| matches!(segment, Segment::Literal(_)));
                (literals.count(), if *open { 1 } else { 2 })
            }
        };
        let conditions = self.query.len() + self.headers.len() + self.conditions.len();
        (literals, path, self.method.is_some(), conditions)
    }
}

impl Path {
    fn matches(&self, path: &str) -> Option<Vec<(String, String)>> {
        let Self::Segments { segments, open } = self else { return Some(Vec::new()) };
        let mut given = path.strip_prefix('/')?.split('/');
        let mut parameters = Vec::new();
        for segment in segments {
            let given = given.next()?;
            match segment {
                Segment::Literal(literal) if literal == given || *literal == decoded(given) => {}
                Segment::Named(name) if !given.is_empty() => parameters.push((name.clone(), decoded(given))),
                _ => return None,
            }
        }
        (*open || given.next().is_none()).then_some(parameters)
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.pattern)?;
        // The query parameters of the pattern come first, and are already written.
        let in_pattern = self.pattern.split_once('?').map_or("", |(_, query)| query);
        let in_pattern = in_pattern.split('&').filter(|pair| !pair.is_empty()).count();
        for (name, value) in self.query.iter().skip(in_pattern) {
            write!(f, ", query {name}={value}")?;
        }
        for (name, value) in &self.headers {
            write!(f, ", header {name}: {value}")?;
        }
        if !self.conditions.is_empty() {
            f.write_str(", when a closure returns true")?;
        }
        Ok(())
    }
}

impl Responder {
    /// Returns the response to the next request; `None` if all responses were used.
    pub(super) fn choose(&self) -> Option<Chosen> {
        match &self.responses {
            Responses::Computed(compute) => Some(Chosen::ToCompute(Arc::clone(compute))),
            Responses::InOrder { left, .. } => {
                left.lock().unwrap_or_else(PoisonError::into_inner).pop_front().map(Chosen::Ready)
            }
        }
    }
}

impl fmt::Display for Responder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.rule)?;
        match &self.responses {
            Responses::InOrder { total, left } => {
                let left = left.lock().unwrap_or_else(PoisonError::into_inner).len();
                write!(f, " ({left} of {total} responses left)")
            }
            Responses::Computed(_) => Ok(()),
        }
    }
}
