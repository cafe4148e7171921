//! Bodies as they come from a service: when it is asked, how often, and where.

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

/// A server that has these responses, head and body, one for each request.
pub(super) fn service(answers: impl IntoIterator<Item = impl Into<Vec<u8>>>) -> Server {
    let server = Server::start();
    server.on("*").respond_in_order(answers.into_iter().map(Response::raw));
    server
}

/// A server with a URL for each list of responses.
pub(super) struct Api {
    server: Server,
    urls: Cell<usize>,
}

impl Api {
    pub(super) fn start() -> Self {
        Self { server: Server::start(), urls: Cell::new(0) }
    }

    /// A URL that has these responses, head and body, one for each request.
    pub(super) fn raw(&self, answers: impl IntoIterator<Item = impl Into<Vec<u8>>>) -> String {
        self.url(answers.into_iter().map(Response::raw))
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

/// What came out before the error, which is the last.
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
fn a_body_is_asked_for_again_until_its_first_element_is_there() {
    let body = r#"{"a": [1, 2, 3], "b": 4}"#;
    let server = service([announced(&body[..7], 24), announced(&body[..11], 24)]);
    let mut elements = get(server.url()).elements::<u8>("a");
    let (first, error) = until_error(&mut elements);
    assert_eq!(first, [1]);
    assert_eq!(error.failure_type(), FailureType::TransientError);
    assert!(error.message().contains("could not be read to its end"), "{error:?}");
    assert!(!error.message().contains("key=1"), "{error:?}");
    assert_eq!(server.requests().len(), 2);
    assert!(elements.envelope::<Value>().unwrap_err().message().contains("told before"));
}

#[test]
fn nothing_is_sent_before_it_is_asked_for_and_the_head_is_enough_to_ask() {
    let server = service([whole(r#"{"a": 1, "b": {"c": [2, 3]}, "d": 4}"#)]);
    let mut elements = get(server.url()).elements::<u8>("b.c");
    assert!(server.requests().is_empty());
    assert_eq!(elements.preamble::<Value>().unwrap()["a"], 1);
    assert_eq!(good(&mut elements), [2, 3]);
    assert_eq!(elements.envelope::<Value>().unwrap()["d"], 4);
    assert!(elements.next().is_none());
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn a_refusal_and_a_wrong_shape_are_not_asked_for_again() {
    let refusal = "HTTP/1.1 401 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".to_owned();
    for (answer, failure_type) in
        [(refusal, FailureType::ConfigError), (whole(r#"{"a": [true]}"#), FailureType::SystemError)]
    {
        let server = service([answer]);
        let (none, error) = until_error(get(server.url()).elements::<u8>("a"));
        assert!(none.is_empty());
        assert_eq!(error.failure_type(), failure_type);
        assert_eq!(server.requests().len(), 1);
    }
}

#[test]
fn the_elements_of_all_pages_come_from_one_origin() {
    let server = service([
        whole(r#"{"a": [1, 2], "next": "https://elsewhere.example/second?x"}"#),
        whole(r#"{"next": "/third"}"#),
        whole(r#"{"a": [3], "next": ""}"#),
    ]);
    let pages = get(server.url()).elements::<u8>("a").allow_missing_array();
    let pages = pages.paginate(Pagination::next_url(|page: &Page| page.next.clone()));
    assert_eq!(good(pages), [1, 2, 3]);
    let asked: Vec<String> = server.requests().iter().map(ToString::to_string).collect();
    assert_eq!(asked, ["GET /first?key=1", "GET /second?x", "GET /third"]);
}

#[test]
fn pages_in_a_circle_or_to_nowhere_end_after_the_last_good_one() {
    for (next, said) in
        [("/first?key=1", "loop: page 1 links back to page 1"), ("ftp://a.example/x", "not a valid URL")]
    {
        let server = service([whole(&format!(r#"{{"a": [1, 2], "next": "{next}"}}"#))]);
        let next = Pagination::next_url(|page: &Page| page.next.clone());
        let (elements, error) = until_error(get(server.url()).elements::<u8>("a").paginate(next));
        assert_eq!(elements, [1, 2]);
        assert!(error.message().contains(said), "{error:?}");
        assert_eq!(server.requests().len(), 1);
    }
}

#[test]
fn an_author_may_refuse_a_page_before_its_first_element_and_after_its_last() {
    let page = || whole(r#"{"currency": "USD", "a": [1, 2], "status": "ERROR"}"#);
    let server = service([page(), page(), page(), page()]);
    let refused = |what: &Value| Err(crate::Error::config(format!("refused: {what}")));
    let elements = || get(server.url()).elements::<u8>("a");
    let pages = elements().paginate(Pagination::link_header());
    let (none, error) = until_error(pages.check_preamble(|head: &Value| refused(head)));
    assert!(none.is_empty());
    assert_eq!(error.message(), r#"refused: {"currency":"USD","a":null}"#);
    let next = |page: &Value| refused(&page["status"]).map(|()| None::<String>);
    let (before, error) = until_error(elements().paginate(Pagination::next_url(next)));
    assert_eq!((before, error.message()), (vec![1, 2], r#"refused: "ERROR""#));
    // Of a page that is read as a whole nothing is used.
    let (none, error) = until_error(get(server.url()).pages(Pagination::next_url(next)));
    assert_eq!((none.len(), error.message()), (0, r#"refused: "ERROR""#));
    // What is not of the author's type is an error too.
    let pages = elements().paginate(Pagination::link_header());
    let (none, error) = until_error(pages.check_preamble(|_: &Row| Ok(())));
    assert!(none.is_empty() && error.message().contains("unexpected shape"), "{error:?}");
}

#[test]
fn an_answer_at_hand_is_read_in_the_same_ways() {
    let api = Api::start();
    let answer = |body: &str| get(&api.raw([whole(body)])).send().unwrap();
    assert_eq!(good(answer("[1,2]").elements::<u8>("")), [1, 2]);
    assert_eq!(
        good(answer("{\"n\":1}\n{\"n\":2}").json_lines::<Row>().map(|row| row.map(|row| row.n))),
        [1, 2]
    );
    #[cfg(feature = "csv")]
    assert_eq!(good(answer("n\n1\n2").csv::<Row>().map(|row| row.map(|row| row.n))), [1, 2]);
}

#[test]
fn lines_that_break_off_at_once_are_asked_for_again() {
    let server = service([announced("{\"n\"", 99), announced("{\"n\":1}\n{\"n\"", 99)]);
    let (rows, error) = until_error(get(server.url()).json_lines::<Row>());
    assert_eq!((rows.len(), error.failure_type()), (1, FailureType::TransientError));
    assert_eq!(server.requests().len(), 2);
}

#[cfg(feature = "csv")]
#[test]
fn a_table_that_breaks_off_at_once_is_asked_for_again() {
    let server = service([announced("n\r\n1", 99), announced("n\r\n1\r\n2", 99)]);
    let (rows, error) = until_error(get(server.url()).csv::<Row>());
    assert_eq!((rows.len(), error.failure_type()), (1, FailureType::TransientError));
    assert_eq!(server.requests().len(), 2);
}

/// A limit of the bytes as they are when unpacked holds for the whole answer only.
#[test]
fn an_answer_that_is_too_large_is_not_read() {
    let server = service([whole(&format!("[{}1]", "1,".repeat(5000)))]);
    let http = Http::new("test", "0", Vec::new(), None)
        .transfer_limits(TransferLimits::default().max_body_size(4000));
    let error = http.get(server.url()).json::<Value>().unwrap_err();
    assert!(error.message().contains("has more than 4000 bytes"), "{error}");
    assert_eq!(error.failure_type(), FailureType::SystemError);
}

#[test]
fn an_answer_may_have_as_many_bytes_as_the_limit_says() {
    let server = service([whole("12345"), whole("123456")]);
    let http =
        Http::new("test", "0", Vec::new(), None).transfer_limits(TransferLimits::default().max_body_size(5));
    assert_eq!(http.get(server.url()).json::<u64>().unwrap(), 12345);
    let error = http.get(server.url()).json::<u64>().unwrap_err();
    assert!(error.message().ends_with("has more than 5 bytes"), "{error}");
}

/// A stream whose fetch function drops errors is held all the same.
#[test]
fn a_request_that_fails_holds_its_stream() {
    let hold = RunHolds::default().stream().hold(false);
    let http = Http::new("test", "0", Vec::new(), None).for_reader(&hold, None);
    let failed = |what: &str, expected: bool| {
        assert_eq!(hold.failure().is_some(), expected, "{what}");
        hold.forgive();
    };
    let status = |status| format!("HTTP/1.1 {status} No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    let server = service([
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

/// A panic that a fetch function catches must not make the end of the data of a page that it has lost.
#[test]
fn a_page_that_is_lost_in_a_panic_is_an_error() {
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
    let http = Http::new("test", "0", Vec::new(), None).for_reader(&hold, None);
    let server = service([whole("[1]"), whole("1")]);
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
