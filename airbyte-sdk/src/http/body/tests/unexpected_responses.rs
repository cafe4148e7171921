//! Responses with a status of 2xx that are incomplete, unsupported or report an error; and bodies that are not UTF-8.

use super::http::{Api, Row, good, until_error};
use crate::error::{Error, Result};
use crate::http::pagination::ByBody;
use crate::http::{Http, Pagination, Request};
use crate::protocol::FailureType;
use serde_json::Value;

impl Api {
    /// Returns a request whose response has this status, these headers and this body.
    fn get(&self, status: u16, headers: &str, body: impl AsRef<[u8]>) -> Request {
        let body = body.as_ref();
        let length =
            if status == 204 { String::new() } else { format!("Content-Length: {}\r\n", body.len()) };
        let head = format!("HTTP/1.1 {status} So\r\n{length}Connection: close\r\n{headers}\r\n");
        let url = self.raw([[head.as_bytes(), body].concat()]);
        Http::new("test", "0", Vec::new(), None).get(url)
    }

    fn get_four_times(&self, body: &str) -> Request {
        let url = self.raw([(); 4].map(|()| super::http::whole(body)));
        Http::new("test", "0", Vec::new(), None).get(url)
    }
}

/// Reads the response in each way that requires it to be complete; returns the errors.
fn errors(request: impl Fn(&str) -> Request) -> Vec<Error> {
    vec![
        request("[1]").json::<Value>().unwrap_err(),
        request("[1]").send().unwrap().json::<Value>().unwrap_err(),
        until_error(request("[1]").pages::<Value>(Pagination::link_header())).1,
        until_error(request("[1]").elements::<u8>("")).1,
        until_error(request("[1]").send().unwrap().elements::<u8>("")).1,
        until_error(request("{\"n\":1}").json_lines::<Row>()).1,
        #[cfg(feature = "csv")]
        until_error(request("n\n1\n").csv::<Row>()).1,
    ]
}

#[test]
fn status_of_an_incomplete_response_is_an_error_unless_accepted() {
    let api = Api::start();
    for (status, failure_type) in [
        (202, FailureType::TransientError),
        (204, FailureType::SystemError),
        (205, FailureType::SystemError),
        (206, FailureType::SystemError),
        (207, FailureType::SystemError),
        (226, FailureType::SystemError),
        (299, FailureType::SystemError),
    ] {
        for error in errors(|body| api.get(status, "", body)) {
            assert_eq!(error.failure_type(), failure_type, "{error:?}");
            let option = format!("accept_status({status})");
            assert!(error.message().contains(&format!("(HTTP {status})")), "{error}");
            assert!(error.message().contains(&option), "{error}");
        }
        assert_eq!(api.get(status, "", "[1]").send().unwrap().status(), status);
        let accepted = |body: &str| api.get(status, "", body).accept_status(status);
        let expected = if matches!(status, 204 | 205) { vec![] } else { vec![1] };
        assert_eq!(good(accepted("[1]").elements::<u8>("")), expected);
        assert_eq!(accepted("[1]").json::<Option<Vec<u8>>>().unwrap().unwrap_or_default(), expected);
        assert_eq!(good(accepted("{\"n\":1}").json_lines::<Row>()).len(), expected.len());
        #[cfg(feature = "csv")]
        assert_eq!(good(accepted("n\n1\n").csv::<Row>()).len(), expected.len());
    }
}

#[test]
fn status_is_complete_if_the_request_expects_it() {
    let api = Api::start();
    for status in [200, 201, 203] {
        assert_eq!(api.get(status, "", "[1]").json::<[u8; 1]>().unwrap(), [1]);
    }
    assert_eq!(api.get(206, "", "[1]").header("range", "items=0-9").json::<[u8; 1]>().unwrap(), [1]);
    // A POST that starts a job.
    let url = api.raw(["HTTP/1.1 202 Accepted\r\nContent-Length: 8\r\n\r\n{\"n\": 7}"]);
    assert_eq!(Http::new("test", "0", Vec::new(), None).post(url).json::<Row>().unwrap().n, 7);
    let error = api.get(101, "", "").send().err().unwrap();
    assert!(error.message().contains("(HTTP 101)"), "{error}");
}

#[test]
fn unsupported_content_coding_is_named() {
    let api = Api::start();
    for coding in ["br", "deflate", "zstd", "gzip, br", "gzip, gzip, gzip, gzip"] {
        for error in errors(|body| api.get(200, &format!("Content-Encoding: {coding}\r\n"), body)) {
            assert_eq!(error.failure_type(), FailureType::SystemError, "{error:?}");
            let name = coding.rsplit(", ").next().unwrap();
            assert!(
                error.message().contains(&format!("has the content coding `{name}`, which is not supported")),
                "{error}"
            );
        }
    }
    assert_eq!(api.get(200, "Content-Encoding: identity\r\n", "[1]").json::<[u8; 1]>().unwrap(), [1]);
}

fn names(request: impl Fn() -> Request, lines: impl Fn() -> Request) -> Vec<String> {
    #[derive(serde::Deserialize)]
    struct Named {
        n: String,
    }
    let name = |row: Result<Named>| row.unwrap().n;
    let mut names = vec![
        request().json::<Named>().unwrap().n,
        request().json_lines().map(name).next().unwrap(),
        lines().json_lines().map(name).last().unwrap(),
    ];
    names.extend(request().pages(Pagination::link_header()).map(name));
    names
}

#[test]
fn body_is_decoded_by_its_mark_or_content_type() {
    let api = Api::start();
    let utf16 = |text: &str| text.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<u8>>();
    let (one, two) = ("{\"n\":\"é\"}", "{\"n\":\"e\"}\n{\"n\":\"é\"}\n");
    let latin1 = |text: &str| text.chars().map(|char| char as u8).collect::<Vec<u8>>();
    let marked = |text: &str| format!("\u{feff}{text}").into_bytes();
    for (content_type, encode) in [
        ("application/json", &marked as &dyn Fn(&str) -> Vec<u8>),
        ("application/json; charset=ISO-8859-1", &marked),
        ("application/json; charset=ISO-8859-1", &latin1),
        ("text/csv; charset=\"windows-1252\"", &latin1),
        ("application/json; charset=utf-16be", &utf16),
        ("application/json", &|text: &str| utf16(&format!("\u{feff}{text}"))),
    ] {
        let header = format!("Content-Type: {content_type}\r\n");
        let read = names(|| api.get(200, &header, encode(one)), || api.get(200, &header, encode(two)));
        assert_eq!(read, ["é"; 4], "{content_type}");
        assert_eq!(good(api.get(200, &header, encode("[1, 2]")).elements::<u8>("")), [1, 2]);
        #[cfg(feature = "csv")]
        {
            let table = api.get(200, &header, encode("é,n\n\"é\",5\n"));
            let rows: Vec<std::collections::BTreeMap<String, String>> = good(table.csv());
            assert_eq!((rows.len(), rows[0]["é"].as_str(), rows[0]["n"].as_str()), (1, "é", "5"));
        }
    }
    for error in errors(|body| api.get(200, "Content-Type: text/csv; charset=Shift_JIS\r\n", body)) {
        assert!(error.message().contains("has the charset `shift_jis`, which is not supported"), "{error}");
    }
    // The author overrides the declaration.
    for declared in ["Shift_JIS", "ISO-8859-1"] {
        let header = format!("Content-Type: text/csv; charset={declared}\r\n");
        let read = |text| api.get(200, &header, text).charset("UTF-8");
        assert_eq!(names(|| read(one), || read(two)), ["é"; 4]);
    }
    let error = api.get(200, "", one).charset("latin-99").json::<Value>().unwrap_err();
    assert!(error.message().starts_with("the charset `latin-99` of the request to http://"), "{error}");
}

#[test]
fn error_instead_of_the_array_is_an_error() {
    let api = Api::start();
    for (path, body, said) in [
        ("a", r#"{"error": "quota"}"#, Some("\"quota\"")),
        ("a", r#"{"message": "no plan"}"#, Some("\"no plan\"")),
        ("a", r#"{"errors": [{"message": "late"}], "a": null}"#, Some("\"late\"")),
        ("data.a", r#"{"data": null, "errors": [{"message": "late"}]}"#, Some("\"late\"")),
        ("a", r#"{"error": {"code": 5}, "a": null}"#, None),
        ("data.a", r#"{"data": null}"#, None),
        ("data.a", r#"{"data": {"b": []}}"#, None),
        ("a", "{}", None),
        ("a", "null", None),
    ] {
        let read = |request: Request| {
            [
                until_error(request.clone().elements::<u8>(path)).1,
                until_error(request.clone().elements::<u8>(path).paginate(by_body())).1,
                until_error(request.clone().elements::<u8>(path).paginate(Pagination::link_header())).1,
                until_error(request.elements::<u8>(path).paginate(Pagination::page_number("page", 1))).1,
            ]
        };
        for error in read(api.get_four_times(body)) {
            let message = error.message();
            assert!(message.contains(&format!("`{path}`")), "{message}");
            assert_eq!(error.failure_type() == FailureType::TransientError, said.is_some(), "{error:?}");
            assert!(message.contains(said.unwrap_or("call `allow_missing_array`")), "{message}");
        }
        let request = api.get_four_times(body);
        assert!(request.clone().elements::<u8>(path).allow_missing_array().next().is_none());
        let pages = request.clone().elements::<u8>(path).allow_missing_array();
        assert!(pages.paginate(by_body()).next().is_none());
        let pages = request.elements::<u8>(path).allow_missing_array();
        assert!(pages.paginate(Pagination::page_number("page", 1)).next().is_none());
    }
    for body in
        [r#"{"a": null}"#, r#"{"a": null, "error": null, "errors": [], "message": "OK"}"#, r#"{"a": []}"#]
    {
        assert!(api.get(200, "", body).elements::<u8>("a").next().is_none(), "{body}");
    }
    assert!(api.get(200, "", "null").elements::<u8>("").next().is_none());
}

fn by_body() -> Pagination<ByBody<'static, Value>> {
    Pagination::next_url(|_| None)
}

#[test]
fn repeated_page_is_an_error_unless_allowed() {
    let api = Api::start();
    let request = || {
        let bodies = ["[1,2]", "[1,2]", "[]"].map(super::http::whole);
        Http::new("test", "0", Vec::new(), None).get(api.raw(bodies))
    };
    let (number, offset) = (|| Pagination::page_number("page", 1), || Pagination::offset("offset"));
    let count = |page: &Vec<u8>| page.len();
    for error in [
        until_error(request().pages(number().records(count))).1,
        until_error(request().pages(offset().records(count))).1,
        until_error(request().elements::<u8>("").paginate(number())).1,
        until_error(request().elements::<u8>("").paginate(offset())).1,
    ] {
        assert!(error.message().contains("call `allow_repeated_pages`"), "{error}");
    }
    let twice = [1, 2, 1, 2];
    let (number, offset) = (|| number().allow_repeated_pages(), || offset().allow_repeated_pages());
    assert_eq!(good(request().pages(number().records(count))).concat(), twice);
    assert_eq!(good(request().pages(offset().records(count))).concat(), twice);
    assert_eq!(good(request().elements::<u8>("").paginate(number())), twice);
    assert_eq!(good(request().elements::<u8>("").paginate(offset())), twice);
}

#[test]
fn missing_field_is_named_and_no_value_is_shown() {
    let api = Api::start();
    #[derive(Debug, serde::Deserialize)]
    struct Page {
        #[allow(dead_code)]
        rows: Vec<Row>,
    }
    for (body, end) in [
        (r#"{"row": "hush"}"#, ": missing field `rows` at the top level"),
        (r#"{"rows": [{"n": 1}, {"m": "hush"}]}"#, ": missing field `n` at `rows[1]`"),
        (r#"{"rows": [{"n": "missing field `hush`"}]}"#, ": invalid value at `rows[0].n`"),
        (r#"["hush"]"#, ": invalid value at `[0]`"),
        (r#""hush""#, ": invalid value at the top level"),
    ] {
        let error = api.get(200, "", body).json::<Page>().unwrap_err();
        assert!(error.message().ends_with(end), "{error}");
        assert!(!error.message().contains("hush"), "{error}");
    }
    let (_, error) = until_error(api.get(200, "", "{\"n\":1}\n{\"m\":2}\n").json_lines::<Row>());
    assert!(error.message().ends_with(": line 2: missing field `n` at the top level"), "{error}");
}
