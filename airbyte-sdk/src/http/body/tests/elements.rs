//! JSON arrays, compared with what serde_json reads from the whole document.

use super::super::json::{ArrayOptions, Json};
use super::super::{Format, MAX_ITEM_SIZE, ReadError, Reader};
use super::documents::{documents, escaped};
use super::{ChunkedBody, text_of};
use crate::http::pagination::Watch;
use proptest::prelude::*;
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Debug;
use std::hash::RandomState;

/// Opens a document with a buffer that is too small for any element.
fn open(reader: Reader, path: &str) -> Json {
    Json::open(reader, vec![0; 3], ArrayOptions::array(path))
}

fn whole(text: impl AsRef<[u8]>) -> Json {
    open(ChunkedBody::new(text, &[]).boxed(), "results")
}

/// Returns the fingerprint of a document.
fn fingerprint(text: &str, path: &str, chunks: &[usize]) -> impl PartialEq + Debug + use<> {
    thread_local!(static WATCH: RandomState = RandomState::new());
    let requested = ArrayOptions {
        watch: Some(Watch::whole(WATCH.with(RandomState::clone))),
        ..ArrayOptions::array(path)
    };
    let mut json = Json::open(ChunkedBody::new(text, chunks).boxed(), vec![0; 3], requested);
    json.fingerprint().unwrap().unwrap().parts()
}

/// Returns the elements, and the error after them, if any.
fn read<T: DeserializeOwned>(json: &mut Json) -> (Vec<T>, Result<(), ReadError>) {
    let mut elements = Vec::new();
    loop {
        match json.next() {
            Ok(Some(element)) => elements.push(element),
            Ok(None) => return (elements, Ok(())),
            Err(error) => return (elements, Err(error)),
        }
    }
}

fn error_text<T: DeserializeOwned>(json: &mut Json) -> String {
    text_of(read::<T>(json).1.unwrap_err())
}

/// Returns elements and envelope as serde_json finds them; `None` if there is another value instead of the array.
fn expected(mut document: Value, path: &str) -> Option<(Vec<Value>, Value)> {
    let mut place = &mut document;
    for key in path.split('.').filter(|key| !key.is_empty()) {
        match place {
            Value::Null => return Some((Vec::new(), document)),
            Value::Object(object) if object.contains_key(key) => place = object.get_mut(key)?,
            Value::Object(_) => return Some((Vec::new(), document)),
            _ => return None,
        }
    }
    match place.take() {
        Value::Array(elements) => Some((elements, document)),
        Value::Null => Some((Vec::new(), document)),
        _ => None,
    }
}

proptest! {
    #[test]
    fn any_document_in_any_chunks_is_read_as_by_serde_json(
        (path, document) in documents(),
        form in 0..3,
        chunks in prop::collection::vec(1..40_usize, 0..60),
    ) {
        let text = match form {
            0 => document.to_string(),
            1 => serde_json::to_string_pretty(&document).unwrap(),
            _ => escaped(&document.to_string()),
        };
        let Ok(document) = serde_json::from_str::<Value>(&text) else { return Ok(()) };
        let mut json = open(ChunkedBody::new(&text, &chunks).boxed(), &path);
        let (elements, end) = read::<Value>(&mut json);
        match expected(document, &path) {
            Some((expected, envelope)) => {
                prop_assert!(end.is_ok(), "{end:?}");
                prop_assert_eq!(elements, expected);
                prop_assert_eq!(json.envelope::<Value>().unwrap(), envelope);
                prop_assert_eq!(fingerprint(&text, &path, &chunks), fingerprint(&text, &path, &[]));
            }
            None => prop_assert!(matches!(end, Err(ReadError::Structure { .. })), "{end:?}"),
        }
    }

    /// For any bytes: no panic, and nothing is accepted that serde_json rejects.
    #[test]
    fn damaged_document_is_rejected_as_by_serde_json(
        (path, document) in documents(),
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..4), 1..4),
        chunks in prop::collection::vec(1..40_usize, 0..60),
    ) {
        let mut bytes = document.to_string().into_bytes();
        for (place, byte, way) in damage {
            let at = place.index(bytes.len());
            match way {
                0 => bytes[at] = byte,
                1 => bytes[at] = b"{}[],:\"\\ 0e-tn"[usize::from(byte) % 14],
                2 => drop(bytes.remove(at)),
                _ => bytes.insert(at, b"{}[],:\"\\ 0e-tn"[usize::from(byte) % 14]),
            }
            if bytes.is_empty() {
                break;
            }
        }
        let mut json = open(ChunkedBody::new(&bytes, &chunks).boxed(), &path);
        let (elements, end) = read::<Value>(&mut json);
        match (serde_json::from_slice::<Value>(&bytes), end) {
            (Ok(document), Ok(())) => {
                let (expected, envelope) = expected(document, &path).unwrap();
                prop_assert_eq!(elements, expected);
                prop_assert_eq!(json.envelope::<Value>().unwrap(), envelope);
            }
            (Ok(document), Err(error)) => {
                let message = text_of(error);
                prop_assert!(message.contains("unexpected JSON structure"), "{message}");
                let is_duplicate = message.contains("duplicate array");
                prop_assert!(expected(document, &path).is_none() || is_duplicate, "{message}");
            }
            (Err(_), Err(_)) => {}
            // Around the array, a number that is too large for any type is accepted.
            (Err(_), Ok(())) => prop_assert!(serde_json::from_slice::<IgnoredAny>(&bytes).is_ok()),
        }
    }
}

const AWKWARD: &str = r#" {"a":{"results":[9]},"b":"\"results\":[","re":-1.5e3,"results" : [ {"x":"]}\\"} , -12, 1.25E2,"\u00e9\ud83d\ude80", [[],{}] ,null,true ] , "results2":[1], "z":"\\" } "#;

#[test]
fn document_in_any_two_chunks_is_read_equally() {
    let (expected, envelope) = expected(serde_json::from_str(AWKWARD).unwrap(), "results").unwrap();
    for cut in 0..=AWKWARD.len() {
        for chunks in [vec![cut], vec![1; cut], vec![cut, 1, 1]] {
            let mut json = open(ChunkedBody::new(AWKWARD, &chunks).boxed(), "results");
            let (elements, end) = read::<Value>(&mut json);
            assert!(end.is_ok(), "{chunks:?}: {end:?}");
            assert_eq!(elements, expected, "{chunks:?}");
            assert_eq!(json.envelope::<Value>().unwrap(), envelope);
        }
    }
    assert_eq!(expected.len(), 7);
}

#[test]
fn elements_before_a_truncation_are_returned_before_the_error() {
    let text = AWKWARD.trim_end();
    let (all, _) = expected(serde_json::from_str(text).unwrap(), "results").unwrap();
    let mut most = 0;
    for cut in 0..text.len() {
        let mut json = open(ChunkedBody::broken(&text[..cut]).boxed(), "results");
        let (elements, end) = read::<Value>(&mut json);
        assert_eq!(elements, all[..elements.len()], "{cut}");
        assert!(matches!(end, Err(ReadError::Io(_))), "{cut}: {end:?}");
        assert!(elements.len() >= most, "{cut}");
        most = elements.len();
        // A body that ends there regularly is invalid JSON.
        let mut json = open(ChunkedBody::new(&text[..cut], &[]).boxed(), "results");
        assert!(
            matches!(read::<Value>(&mut json), (same, Err(ReadError::Malformed { .. })) if same == elements)
        );
    }
    assert_eq!(most, all.len());
}

#[derive(Debug, Deserialize, PartialEq)]
struct Bar {
    t: i64,
    #[serde(default)]
    c: Vec<BTreeMap<String, u8>>,
}

#[test]
fn unexpected_structure_names_path_index_and_field() {
    for (text, what) in [
        (r#"{"results": [{"t": 1}, {"t": "noon"}]}"#, "invalid value at `results[1].t` ("),
        (r#"{"results": [{"t": 1}, {"c": []}]}"#, "missing field `t` at `results[1]` ("),
        (r#"{"results": [{"t": 1, "c": [{"a": 1}, {"a": 256}]}]}"#, "invalid value at `results[0].c[1].a` ("),
        (r#"{"results": [5]}"#, "invalid value at `results[0]` ("),
        (r#"{"results": {"t": 1}}"#, "expected an array, found an object at `results`"),
        (r#"{"results": "none"}"#, "expected an array or null at `results`"),
        (r#"{"results": 5}"#, "expected an array or null at `results`"),
        (r#"{"results": [{"t": 1}], "results": [{"t": 2}]}"#, "duplicate array at `results`"),
        ("[]", "expected an object, found an array at the top level"),
        ("[[", "expected an object, found an array at the top level"),
        ("5", "expected an object or null at the top level"),
        (r#""busy""#, "expected an object or null at the top level"),
    ] {
        let message = error_text::<Bar>(&mut whole(text));
        let expected =
            format!("system_error: unexpected JSON structure in the response from https://a.example: {what}");
        assert!(message.starts_with(&expected), "{text}: {message}");
    }
    let mut json = open(ChunkedBody::new(r#"{"data": {"items": [true]}}"#, &[]).boxed(), "data.items");
    assert!(error_text::<Bar>(&mut json).contains("at `data.items[0]`"));
    let mut json = open(ChunkedBody::new(r#"{"data": [true]}"#, &[]).boxed(), "data.items");
    assert!(error_text::<Bar>(&mut json).contains("at `data`"));
    let mut json = open(ChunkedBody::new(r#"[{"t": 1}, {"t": false}]"#, &[]).boxed(), "");
    assert!(error_text::<Bar>(&mut json).contains("at `[1].t`"));
}

#[test]
fn invalid_json_is_a_transient_error() {
    for text in [
        "",
        " ",
        "<html>maintenance</html>",
        "try later",
        "nothing",
        "{}}",
        "{} x",
        "{\"a\":1,}",
        "{\"a\" 1}",
        "{\"results\":[1 2]}",
        "{\"results\":[1,]}",
        "{\"results\":[,1]}",
        "{\"results\":[1}}",
        "{\"results\":[{]}",
        "{\"results\":[1],\"a\":tru}",
        "{\"results\":[1]]}",
        "{\"results\":[01]}",
        "{\"results\":[1]}{}",
        "{results:[1]}",
        "{'results':[1]}",
        "{\"results\":[NaN]}",
    ] {
        let message = error_text::<Value>(&mut whole(text));
        assert!(
            message.starts_with("transient_error: invalid JSON in the response from https://a.example ("),
            "{text}: {message}"
        );
    }
    for bytes in [
        &b"{\"results\":[\"\xff\"]}"[..],
        b"{\"a\":\"\xff\",\"results\":[]}",
        b"\xff",
        b"{\"\xff\":1}",
        b"{\"results\":[\xff]}",
    ] {
        assert!(error_text::<Value>(&mut whole(bytes)).contains("invalid JSON"), "{bytes:?}");
    }
}

#[test]
fn deeply_nested_json_is_an_error_or_skipped() {
    for (open, close) in [("[", "]"), ("{\"results\":", "}")] {
        let deep = open.repeat(100_000) + "1" + &close.repeat(100_000);
        let text = format!("{{\"results\":[{deep}]}}");
        assert!(error_text::<Value>(&mut whole(&text)).contains("invalid JSON"));
        // A type that ignores the value does not recurse.
        assert_eq!(read::<IgnoredAny>(&mut whole(&text)).0.len(), 1);
        let mut json = whole(format!("{{\"a\":{deep},\"results\":[1]}}"));
        assert_eq!(read::<u8>(&mut json).0, [1]);
        assert!(json.envelope::<BTreeMap<String, IgnoredAny>>().is_ok());
        assert!(json.envelope::<Value>().is_err());
        // Without an end.
        let half = open.repeat(100_000);
        for text in [half.clone(), format!("{{\"results\":{half}"), format!("{{\"results\":[{half}")] {
            assert!(read::<Value>(&mut whole(text)).1.is_err());
        }
    }
}

#[test]
fn too_large_item_is_named_with_the_limit() {
    let large = "x".repeat(MAX_ITEM_SIZE);
    for (text, what) in [
        (format!("{{\"results\":[1,\"{large}\"]}}"), "`results[1]`"),
        (format!("{{\"results\":[1,\"{large}"), "`results[1]`"),
        (format!("{{\"a\":\"{large}\",\"results\":[1]}}"), "the JSON around `results`"),
        (format!("{{\"results\":[1],\"a\":[\"{large}\"]}}"), "the JSON around `results`"),
    ] {
        let message = error_text::<Value>(&mut whole(text));
        assert_eq!(
            message,
            format!("system_error: {what} in the response from https://a.example is larger than 16 MiB")
        );
    }
    // An element of exactly the largest size.
    let mut json = whole(format!("{{\"results\":[\"{}\"]}}", &large[2..]));
    assert_eq!(read::<String>(&mut json).0[0].len(), MAX_ITEM_SIZE - 2);
}

#[test]
fn preamble_is_the_json_before_the_array() {
    let text = r#"{"status":"OK","data":{"page":1,"items":[1,2],"last":true},"next":"x"}"#;
    let mut json = open(ChunkedBody::new(text, &[]).boxed(), "data.items");
    let head = json!({"status": "OK", "data": {"page": 1, "items": null}});
    for _ in 0..3 {
        assert_eq!(json.preamble::<Value>().unwrap(), head);
        let _ = json.next::<u8>();
    }
    let envelope = json!({"status": "OK", "data": {"page": 1, "items": null, "last": true}, "next": "x"});
    assert_eq!(json.envelope::<Value>().unwrap(), envelope);
    assert_eq!(json.preamble::<Value>().unwrap(), head);

    let mut json = open(ChunkedBody::new(text, &[]).boxed(), "data.items");
    assert_eq!(json.envelope::<Value>().unwrap(), envelope, "elements that were not read are skipped");
    for (text, head) in [("[1]", json!(null)), ("null", json!(null)), ("[]", json!(null))] {
        assert_eq!(open(ChunkedBody::new(text, &[]).boxed(), "").preamble::<Value>().unwrap(), head);
    }
    for text in [r#"{"a":1}"#, r#"{"a":1,"results":null}"#, "null"] {
        let whole_text: Value = serde_json::from_str(text).unwrap();
        assert_eq!(whole(text).preamble::<Value>().unwrap(), whole_text);
    }
}

/// A type that ignores errors and stops in the middle of its value, which no type should do.
#[derive(Debug)]
struct Careless;

impl<'de> Deserialize<'de> for Careless {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let _ = BTreeMap::<String, u8>::deserialize(deserializer);
        Ok(Self)
    }
}

#[test]
fn type_that_stops_in_the_middle_of_a_value_is_an_error() {
    let text = r#"{"results":[{"a":1},{"a":"x","b":2},{"a":3}]}"#;
    let (elements, end) = read::<Careless>(&mut whole(text));
    assert_eq!(elements.len(), 1);
    assert!(matches!(end, Err(ReadError::Malformed { .. })), "{end:?}");
}

#[test]
fn error_instead_of_the_preamble_is_quoted() {
    #[derive(Debug, serde::Deserialize)]
    struct Head {
        #[expect(dead_code, reason = "only whether it is there matters")]
        ticker: String,
    }
    let error = |text: &str| {
        whole(text).preamble::<Head>().unwrap_err().failure("a.example").error.message().to_owned()
    };
    let said = error(r#"{"status": "NOT_AUTHORIZED", "message": "upgrade"}"#);
    assert!(said.contains("missing field `ticker`") && said.ends_with("the API says: \"upgrade\""), "{said}");
    assert!(!error(r#"{"status": "OK"}"#).contains("API says"));
}
