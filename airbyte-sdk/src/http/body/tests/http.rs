//! Bodies read from a server: when requests are sent, how often, and to which URL.

use crate::error::Result;
use crate::hold::RunHolds;
use crate::http::{Http, Pagination, Request, TransferLimits};
use crate::protocol::FailureType;
use crate::testing::Server;
use crate::testing::server::Response;
use serde::Deserialize;
use serde_json::Value;
use std::cell::Cell;
use std::fmt::Debug;

/// Returns a server that sends these responses, head and body, one for each request.
pub(super) fn server_with(responses: impl IntoIterator<Item = impl Into<Vec<u8>>>) -> Server {
    let server = Server::start();
    server.on("*").respond_in_order(responses.into_iter().map(Response::raw));
    server
}

/// A server with a URL for each sequence of responses.
pub(super) struct Api {
    server: Server,
    urls: Cell<usize>,
}

impl Api {
    pub(super) fn start() -> Self {
        Self { server: Server::start(), urls: Cell::new(0) }
    }

    /// Returns a URL with these responses, head and body, one for each request.
    pub(super) fn raw(&self, responses: impl IntoIterator<Item = impl Into<Vec<u8>>>) -> String {
        self.url(responses.into_iter().map(Response::raw))
    }

    pub(super) fn url(&self, responses: impl IntoIterator<Item = Response>) -> String {
        let path = format!("/{}", self.urls.replace(self.urls.get() + 1));
        self.server.on(&format!("{path}/*")).respond_in_order(responses);
        format!("{}{path}", self.server.url())
    }
}

pub(super) fn whole(body: &str) -> String {
    announced(body, body.len())
}

pub(super) fn announced(body: &str, length: usize) -> String {
    format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}")
}

fn get(url: &str) -> Request {
    Http::without_waits().get(format!("{url}/first?key=1"))
}

pub(super) fn good<T: Debug>(items: impl Iterator<Item = Result<T>>) -> Vec<T> {
    items.map(|item| item.unwrap()).collect()
}

/// Returns the items before the error, and the error, which must be the last item.
pub(super) fn until_error<T>(items: impl Iterator<Item = Result<T>>) -> (Vec<T>, crate::Error) {
    let mut good = Vec::new();
    let mut items = items.into_iter();
    for item in &mut items {
        match item {
            Ok(item) => good.push(item),
            Err(error) => {
                assert!(items.next().is_none(), "the error is the last");
                return (good, error);
            }
        }
    }
    unreachable!("no error")
}

#[derive(Debug, Deserialize)]
struct Page {
    next: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Row {
    pub(super) n: u8,
}

#[test]
fn body_is_requested_again_until_its_first_element_arrives() {
    let body = r#"{"a": [1, 2, 3], "b": 4}"#;
    let server = server_with([announced(&body[..7], 24), announced(&body[..11], 24)]);
    let mut elements = get(server.url()).elements::<u8>("a");
    let (first, error) = until_error(&mut elements);
    assert_eq!(first, [1]);
    assert_eq!(error.failure_type(), FailureType::TransientError);
    assert!(error.message().contains("reading the response from http://"), "{error:?}");
    assert!(!error.message().contains("key=1"), "{error:?}");
    assert_eq!(server.requests().len(), 2);
    assert!(elements.envelope::<Value>().unwrap_err().message().contains("this response already failed"));
}

#[test]
fn nothing_is_sent_before_the_first_item_or_the_preamble_is_requested() {
    let server = server_with([whole(r#"{"a": 1, "b": {"c": [2, 3]}, "d": 4}"#)]);
    let mut elements = get(server.url()).elements::<u8>("b.c");
    assert!(server.requests().is_empty());
    assert_eq!(elements.preamble::<Value>().unwrap()["a"], 1);
    assert_eq!(good(&mut elements), [2, 3]);
    assert_eq!(elements.envelope::<Value>().unwrap()["d"], 4);
    assert!(elements.next().is_none());
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn rejected_credentials_and_unexpected_structure_are_not_retried() {
    let unauthorized = "HTTP/1.1 401 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".to_owned();
    for (response, failure_type) in
        [(unauthorized, FailureType::ConfigError), (whole(r#"{"a": [true]}"#), FailureType::SystemError)]
    {
        let server = server_with([response]);
        let (none, error) = until_error(get(server.url()).elements::<u8>("a"));
        assert!(none.is_empty());
        assert_eq!(error.failure_type(), failure_type);
        assert_eq!(server.requests().len(), 1);
    }
}

#[test]
fn elements_of_all_pages_are_requested_from_one_origin() {
    let server = server_with([
        whole(r#"{"a": [1, 2], "next": "https://elsewhere.example/second?x"}"#),
        whole(r#"{"next": "/third"}"#),
        whole(r#"{"a": [3], "next": ""}"#),
    ]);
    let pages = get(server.url()).elements::<u8>("a").allow_missing_array();
    let pages = pages.paginate(Pagination::next_url(|page: &Page| page.next.clone()));
    assert_eq!(good(pages), [1, 2, 3]);
    let requested: Vec<String> = server.requests().iter().map(ToString::to_string).collect();
    assert_eq!(requested, ["GET /first?key=1", "GET /second?x", "GET /third"]);
}

#[test]
fn loop_or_invalid_link_is_an_error_after_the_last_valid_page() {
    for (next, said) in
        [("/first?key=1", "loop: page 1 links back to page 1"), ("ftp://a.example/x", "not a valid URL")]
    {
        let server = server_with([whole(&format!(r#"{{"a": [1, 2], "next": "{next}"}}"#))]);
        let next = Pagination::next_url(|page: &Page| page.next.clone());
        let (elements, error) = until_error(get(server.url()).elements::<u8>("a").paginate(next));
        assert_eq!(elements, [1, 2]);
        assert!(error.message().contains(said), "{error:?}");
        assert_eq!(server.requests().len(), 1);
    }
}

#[test]
fn author_may_reject_a_page_before_its_first_element_and_after_its_last() {
    let page = || whole(r#"{"currency": "USD", "a": [1, 2], "status": "ERROR"}"#);
    let server = server_with([page(), page(), page(), page()]);
    let rejected = |what: &Value| Err(crate::Error::config(format!("rejected: {what}")));
    let elements = || get(server.url()).elements::<u8>("a");
    let pages = elements().paginate(Pagination::link_header());
    let (none, error) = until_error(pages.check_preamble(|head: &Value| rejected(head)));
    assert!(none.is_empty());
    assert_eq!(error.message(), r#"rejected: {"currency":"USD","a":null}"#);
    let next = |page: &Value| rejected(&page["status"]).map(|()| None::<String>);
    let (before, error) = until_error(elements().paginate(Pagination::next_url(next)));
    assert_eq!((before, error.message()), (vec![1, 2], r#"rejected: "ERROR""#));
    // A page that is read as a whole is not returned.
    let (none, error) = until_error(get(server.url()).pages(Pagination::next_url(next)));
    assert_eq!((none.len(), error.message()), (0, r#"rejected: "ERROR""#));
    // JSON that does not fit the author's type is an error as well.
    let pages = elements().paginate(Pagination::link_header());
    let (none, error) = until_error(pages.check_preamble(|_: &Row| Ok(())));
    assert!(none.is_empty() && error.message().contains("unexpected JSON structure"), "{error:?}");
}

#[test]
fn received_response_is_read_in_the_same_ways() {
    let api = Api::start();
    let response = |body: &str| get(&api.raw([whole(body)])).send().unwrap();
    assert_eq!(good(response("[1,2]").elements::<u8>("")), [1, 2]);
    assert_eq!(
        good(response("{\"n\":1}\n{\"n\":2}").json_lines::<Row>().map(|row| row.map(|row| row.n))),
        [1, 2]
    );
    #[cfg(feature = "csv")]
    assert_eq!(good(response("n\n1\n2").csv::<Row>().map(|row| row.map(|row| row.n))), [1, 2]);
}

#[test]
fn lines_that_are_cut_off_before_the_first_one_are_requested_again() {
    let server = server_with([announced("{\"n\"", 99), announced("{\"n\":1}\n{\"n\"", 99)]);
    let (rows, error) = until_error(get(server.url()).json_lines::<Row>());
    assert_eq!((rows.len(), error.failure_type()), (1, FailureType::TransientError));
    assert_eq!(server.requests().len(), 2);
}

#[cfg(feature = "csv")]
#[test]
fn table_that_is_cut_off_before_the_first_row_is_requested_again() {
    let server = server_with([announced("n\r\n1", 99), announced("n\r\n1\r\n2", 99)]);
    let (rows, error) = until_error(get(server.url()).csv::<Row>());
    assert_eq!((rows.len(), error.failure_type()), (1, FailureType::TransientError));
    assert_eq!(server.requests().len(), 2);
}

/// The limit of the decompressed size applies only to bodies that are read as a whole.
#[test]
fn too_large_response_is_an_error() {
    let server = server_with([whole(&format!("[{}1]", "1,".repeat(5000)))]);
    let http = Http::new("test", "0", Vec::new(), None)
        .transfer_limits(TransferLimits::default().max_body_size(4000));
    let error = http.get(server.url()).json::<Value>().unwrap_err();
    assert!(error.message().contains("is larger than 4000 bytes"), "{error}");
    assert_eq!(error.failure_type(), FailureType::SystemError);
}

#[test]
fn response_may_be_as_large_as_the_limit() {
    let server = server_with([whole("12345"), whole("123456")]);
    let http =
        Http::new("test", "0", Vec::new(), None).transfer_limits(TransferLimits::default().max_body_size(5));
    assert_eq!(http.get(server.url()).json::<u64>().unwrap(), 12345);
    let error = http.get(server.url()).json::<u64>().unwrap_err();
    assert!(error.message().contains(" is larger than 5 bytes: "), "{error}");
}

/// The stream is held even if its fetch function ignores the error.
#[test]
fn failed_request_holds_its_stream() {
    let hold = RunHolds::default().stream().hold(false);
    let http = Http::new("test", "0", Vec::new(), None).for_reader(&hold, None, 0);
    let failed = |what: &str, expected: bool| {
        assert_eq!(hold.failure().is_some(), expected, "{what}");
        hold.forgive();
    };
    let status = |status| format!("HTTP/1.1 {status} No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    let server = server_with([
        announced("[1,", 9),
        whole("{}"),
        status(501),
        status(401),
        status(404),
        status(404),
        whole("[1, 2"),
    ]);
    let _ = http.post(server.url()).json::<Vec<u8>>();
    failed("a body that breaks off", true);
    let _ = http.post(server.url()).send().unwrap().json::<Vec<u8>>();
    failed("an unexpected structure", true);
    let _ = http.post(server.url()).send();
    failed("an error of the API", true);
    let _ = http.post(server.url()).elements::<u8>("").next();
    failed("rejected credentials", true);
    let _ = http.post(server.url()).json::<Vec<u8>>();
    failed("nothing at this URL", false);
    let _ = http.post(server.url()).json_lines::<u8>().next();
    failed("nothing at this URL", false);
    let _ = http.post(server.url()).elements::<u8>("").flatten().count();
    failed("an ignored end", true);
    let _ = http.get("http://[bad/").send();
    failed("a request that cannot be sent", true);
}

/// If a fetch function catches a panic, the lost page must not look like the end of the data.
#[test]
fn page_lost_in_a_panic_is_an_error() {
    #[derive(Debug)]
    struct Fragile;

    impl<'de> Deserialize<'de> for Fragile {
        fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            let number = u8::deserialize(deserializer)?;
            assert_ne!(number, 1, "not this one");
            Ok(Self)
        }
    }

    fn second<T>(mut items: impl Iterator<Item = Result<T>>) -> Option<Result<T>> {
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| items.next().map(drop))).unwrap_err();
        items.next()
    }

    let hold = RunHolds::default().stream().hold(false);
    let http = Http::new("test", "0", Vec::new(), None).for_reader(&hold, None, 0);
    let server = server_with([whole("[1]"), whole("1")]);
    let error = second(http.post(server.url()).elements::<Fragile>("").paginate(Pagination::link_header()))
        .unwrap()
        .unwrap_err();
    assert!(error.message().contains("lost in a panic"), "{error}");
    assert!(hold.failure().is_some());
    hold.forgive();
    let error =
        second(http.post(server.url()).pages::<Fragile>(Pagination::link_header())).unwrap().unwrap_err();
    assert!(error.message().contains("lost in a panic") && hold.failure().is_some(), "{error}");
}
