//! serde_json reads a whole document and is always right.

use super::super::json::{Asked, Json};
use super::super::{Format, LARGEST_PIECE, Reader, Trouble};
use super::documents::{documents, escaped};
use super::{Dribble, told};
use crate::http::pagination::Watch;
use proptest::prelude::*;
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Debug;
use std::hash::RandomState;

/// With a buffer that is too small for anything.
fn open(reader: Reader, path: &str) -> Json {
    Json::open(reader, vec![0; 3], Asked::array(path))
}

fn whole(text: impl AsRef<[u8]>) -> Json {
    open(Dribble::new(text, &[]).boxed(), "results")
}

/// By which a document is known again.
fn fingerprint(text: &str, path: &str, pieces: &[usize]) -> impl PartialEq + Debug + use<> {
    thread_local!(static WATCH: RandomState = RandomState::new());
    let asked = Asked { watch: Some(Watch::whole(WATCH.with(RandomState::clone))), ..Asked::array(path) };
    let mut json = Json::open(Dribble::new(text, pieces).boxed(), vec![0; 3], asked);
    json.fingerprint().unwrap().unwrap().parts()
}

/// The elements that come out, and what comes after them.
fn read<T: DeserializeOwned>(json: &mut Json) -> (Vec<T>, Result<(), Trouble>) {
    let mut elements = Vec::new();
    loop {
        match json.next() {
            Ok(Some(element)) => elements.push(element),
            Ok(None) => return (elements, Ok(())),
            Err(trouble) => return (elements, Err(trouble)),
        }
    }
}

fn trouble<T: DeserializeOwned>(json: &mut Json) -> String {
    told(read::<T>(json).1.unwrap_err())
}

/// Elements and envelope as serde_json finds them; `None` if there is something else where the array should be.
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
    fn any_document_cut_anywhere_reads_as_serde_json_reads_it(
        (path, document) in documents(),
        form in 0..3,
        pieces in prop::collection::vec(1..40_usize, 0..60),
    ) {
        let text = match form {
            0 => document.to_string(),
            1 => serde_json::to_string_pretty(&document).unwrap(),
            _ => escaped(&document.to_string()),
        };
        let Ok(document) = serde_json::from_str::<Value>(&text) else { return Ok(()) };
        let mut json = open(Dribble::new(&text, &pieces).boxed(), &path);
        let (elements, end) = read::<Value>(&mut json);
        match expected(document, &path) {
            Some((expected, envelope)) => {
                prop_assert!(end.is_ok(), "{end:?}");
                prop_assert_eq!(elements, expected);
                prop_assert_eq!(json.envelope::<Value>().unwrap(), envelope);
                prop_assert_eq!(fingerprint(&text, &path, &pieces), fingerprint(&text, &path, &[]));
            }
            None => prop_assert!(matches!(end, Err(Trouble::Shape { .. })), "{end:?}"),
        }
    }

    /// Whatever the bytes: no panic, and nothing is taken for JSON that serde_json does not take for it.
    #[test]
    fn a_document_that_was_damaged_is_judged_as_serde_json_judges_it(
        (path, document) in documents(),
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..4), 1..4),
        pieces in prop::collection::vec(1..40_usize, 0..60),
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
        let mut json = open(Dribble::new(&bytes, &pieces).boxed(), &path);
        let (elements, end) = read::<Value>(&mut json);
        match (serde_json::from_slice::<Value>(&bytes), end) {
            (Ok(document), Ok(())) => {
                let (expected, envelope) = expected(document, &path).unwrap();
                prop_assert_eq!(elements, expected);
                prop_assert_eq!(json.envelope::<Value>().unwrap(), envelope);
            }
            (Ok(document), Err(trouble)) => {
                let told = told(trouble);
                prop_assert!(told.contains("unexpected shape"), "{told}");
                prop_assert!(expected(document, &path).is_none() || told.contains("twice"), "{told}");
            }
            (Err(_), Err(_)) => {}
            // A number that no type can hold does not matter around the array.
            (Err(_), Ok(())) => prop_assert!(serde_json::from_slice::<IgnoredAny>(&bytes).is_ok()),
        }
    }
}

const AWKWARD: &str = r#" {"a":{"results":[9]},"b":"\"results\":[","re":-1.5e3,"results" : [ {"x":"]}\\"} , -12, 1.25E2,"\u00e9\ud83d\ude80", [[],{}] ,null,true ] , "results2":[1], "z":"\\" } "#;

#[test]
fn every_single_cut_is_as_good_as_none() {
    let (expected, envelope) = expected(serde_json::from_str(AWKWARD).unwrap(), "results").unwrap();
    for cut in 0..=AWKWARD.len() {
        for pieces in [vec![cut], vec![1; cut], vec![cut, 1, 1]] {
            let mut json = open(Dribble::new(AWKWARD, &pieces).boxed(), "results");
            let (elements, end) = read::<Value>(&mut json);
            assert!(end.is_ok(), "{pieces:?}: {end:?}");
            assert_eq!(elements, expected, "{pieces:?}");
            assert_eq!(json.envelope::<Value>().unwrap(), envelope);
        }
    }
    assert_eq!(expected.len(), 7);
}

#[test]
fn what_came_before_a_break_comes_out_and_then_the_break() {
    let text = AWKWARD.trim_end();
    let (all, _) = expected(serde_json::from_str(text).unwrap(), "results").unwrap();
    let mut most = 0;
    for cut in 0..text.len() {
        let mut json = open(Dribble::broken(&text[..cut]).boxed(), "results");
        let (elements, end) = read::<Value>(&mut json);
        assert_eq!(elements, all[..elements.len()], "{cut}");
        assert!(matches!(end, Err(Trouble::BrokenOff(_))), "{cut}: {end:?}");
        assert!(elements.len() >= most, "{cut}");
        most = elements.len();
        // A body that ends there without a word is no JSON.
        let mut json = open(Dribble::new(&text[..cut], &[]).boxed(), "results");
        assert!(
            matches!(read::<Value>(&mut json), (same, Err(Trouble::Malformed { .. })) if same == elements)
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
fn a_wrong_shape_names_path_number_and_field() {
    for (text, place) in [
        (r#"{"results": [{"t": 1}, {"t": "noon"}]}"#, "results[1].t"),
        (r#"{"results": [{"t": 1}, {"c": []}]}"#, "results[1]"),
        (r#"{"results": [{"t": 1, "c": [{"a": 1}, {"a": 256}]}]}"#, "results[0].c[1].a"),
        (r#"{"results": [5]}"#, "results[0]"),
        (r#"{"results": {"t": 1}}"#, "results"),
        (r#"{"results": "none"}"#, "results"),
        (r#"{"results": 5}"#, "results"),
        (r#"{"results": [{"t": 1}], "results": [{"t": 2}]}"#, "results"),
        ("[]", ""),
        ("[[", ""),
        ("5", ""),
        (r#""busy""#, ""),
    ] {
        let place = match place {
            "" => " at the top level".to_owned(),
            "results[1]" => format!(": missing field `t` at `{place}`"),
            place => format!(" at `{place}`"),
        };
        let told = trouble::<Bar>(&mut whole(text));
        let expected = format!("system_error: GET it answered with JSON of an unexpected shape{place}");
        assert!(told.starts_with(&expected), "{text}: {told}");
    }
    let mut json = open(Dribble::new(r#"{"data": {"items": [true]}}"#, &[]).boxed(), "data.items");
    assert!(trouble::<Bar>(&mut json).contains("at `data.items[0]`"));
    let mut json = open(Dribble::new(r#"{"data": [true]}"#, &[]).boxed(), "data.items");
    assert!(trouble::<Bar>(&mut json).contains("at `data`"));
    let mut json = open(Dribble::new(r#"[{"t": 1}, {"t": false}]"#, &[]).boxed(), "");
    assert!(trouble::<Bar>(&mut json).contains("at `[1].t`"));
}

#[test]
fn what_is_no_json_is_transient_wherever_it_is_wrong() {
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
        let told = trouble::<Value>(&mut whole(text));
        assert!(
            told.starts_with("transient_error: GET it answered with something that is no JSON"),
            "{text}: {told}"
        );
    }
    for bytes in [
        &b"{\"results\":[\"\xff\"]}"[..],
        b"{\"a\":\"\xff\",\"results\":[]}",
        b"\xff",
        b"{\"\xff\":1}",
        b"{\"results\":[\xff]}",
    ] {
        assert!(trouble::<Value>(&mut whole(bytes)).contains("no JSON"), "{bytes:?}");
    }
}

#[test]
fn a_hundred_thousand_brackets_are_an_error_or_nobodys_concern() {
    for (open, close) in [("[", "]"), ("{\"results\":", "}")] {
        let deep = open.repeat(100_000) + "1" + &close.repeat(100_000);
        let text = format!("{{\"results\":[{deep}]}}");
        assert!(trouble::<Value>(&mut whole(&text)).contains("no JSON"));
        // Who does not look does not fall.
        assert_eq!(read::<IgnoredAny>(&mut whole(&text)).0.len(), 1);
        let mut json = whole(format!("{{\"a\":{deep},\"results\":[1]}}"));
        assert_eq!(read::<u8>(&mut json).0, [1]);
        assert!(json.envelope::<BTreeMap<String, IgnoredAny>>().is_ok());
        assert!(json.envelope::<Value>().is_err());
        // And one that never comes to an end.
        let half = open.repeat(100_000);
        for text in [half.clone(), format!("{{\"results\":{half}"), format!("{{\"results\":[{half}")] {
            assert!(read::<Value>(&mut whole(text)).1.is_err());
        }
    }
}

#[test]
fn what_is_too_large_is_named_with_its_limit() {
    let large = "x".repeat(LARGEST_PIECE);
    for (text, what) in [
        (format!("{{\"results\":[1,\"{large}\"]}}"), "`results[1]`"),
        (format!("{{\"results\":[1,\"{large}"), "`results[1]`"),
        (format!("{{\"a\":\"{large}\",\"results\":[1]}}"), "what stands around `results`"),
        (format!("{{\"results\":[1],\"a\":[\"{large}\"]}}"), "what stands around `results`"),
    ] {
        let told = trouble::<Value>(&mut whole(text));
        assert_eq!(
            told,
            format!("system_error: {what} in the answer of GET it has more than 16777216 bytes")
        );
    }
    // One that just fits.
    let mut json = whole(format!("{{\"results\":[\"{}\"]}}", &large[2..]));
    assert_eq!(read::<String>(&mut json).0[0].len(), LARGEST_PIECE - 2);
}

#[test]
fn the_head_is_what_comes_before_the_array_and_nothing_else() {
    let text = r#"{"status":"OK","data":{"page":1,"items":[1,2],"last":true},"next":"x"}"#;
    let mut json = open(Dribble::new(text, &[]).boxed(), "data.items");
    let head = json!({"status": "OK", "data": {"page": 1, "items": null}});
    for _ in 0..3 {
        assert_eq!(json.head::<Value>().unwrap(), head);
        let _ = json.next::<u8>();
    }
    let envelope = json!({"status": "OK", "data": {"page": 1, "items": null, "last": true}, "next": "x"});
    assert_eq!(json.envelope::<Value>().unwrap(), envelope);
    assert_eq!(json.head::<Value>().unwrap(), head);

    let mut json = open(Dribble::new(text, &[]).boxed(), "data.items");
    assert_eq!(json.envelope::<Value>().unwrap(), envelope, "elements that nobody asked for are passed over");
    for (text, head) in [("[1]", json!(null)), ("null", json!(null)), ("[]", json!(null))] {
        assert_eq!(open(Dribble::new(text, &[]).boxed(), "").head::<Value>().unwrap(), head);
    }
    for text in [r#"{"a":1}"#, r#"{"a":1,"results":null}"#, "null"] {
        let whole_text: Value = serde_json::from_str(text).unwrap();
        assert_eq!(whole(text).head::<Value>().unwrap(), whole_text);
    }
}

/// Reads a number and makes do with what it gets, which no type should.
#[derive(Debug)]
struct Careless;

impl<'de> Deserialize<'de> for Careless {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let _ = BTreeMap::<String, u8>::deserialize(deserializer);
        Ok(Self)
    }
}

#[test]
fn a_type_that_stops_in_the_middle_is_told_off() {
    let text = r#"{"results":[{"a":1},{"a":"x","b":2},{"a":3}]}"#;
    let (elements, end) = read::<Careless>(&mut whole(text));
    assert_eq!(elements.len(), 1);
    assert!(matches!(end, Err(Trouble::Malformed { .. })), "{end:?}");
}

#[test]
fn an_error_in_place_of_the_head_is_quoted() {
    #[derive(Debug, serde::Deserialize)]
    struct Head {
        #[expect(dead_code, reason = "only whether it is there matters")]
        ticker: String,
    }
    let error =
        |text: &str| whole(text).head::<Head>().unwrap_err().failure("a.example").error.message().to_owned();
    let said = error(r#"{"status": "NOT_AUTHORIZED", "message": "upgrade"}"#);
    assert!(said.contains("missing field `ticker`") && said.ends_with("the API says: \"upgrade\""), "{said}");
    assert!(!error(r#"{"status": "OK"}"#).contains("API says"));
}
