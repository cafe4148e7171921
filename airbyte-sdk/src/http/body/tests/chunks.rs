//! What is read, and whether it ends with an error, does not depend on how a body is cut into chunks.

#[cfg(feature = "csv")]
use super::super::csv::Table;
use super::super::json::{ArrayOptions, Json};
use super::super::json_lines::Lines;
use super::super::{Format, ReadError};
use super::{ChunkedBody, text_of};
use proptest::prelude::*;
use serde_json::Value;

/// Holds most bodies as a whole.
const BUFFER: &[u8] = &[0; 256];

/// Returns the items up to an error, and the error as it is shown to the user.
fn all<T>(mut next: impl FnMut() -> Result<Option<T>, ReadError>) -> (Vec<T>, Option<String>) {
    let mut items = Vec::new();
    loop {
        match next() {
            Ok(Some(item)) => items.push(item),
            Ok(None) => return (items, None),
            Err(error) => return (items, Some(text_of(error))),
        }
    }
}

fn elements(body: ChunkedBody, path: &str) -> (Vec<Value>, Option<String>) {
    let mut json = Json::open(body.boxed(), BUFFER.to_vec(), ArrayOptions::array(path));
    all(|| json.next())
}

fn json_lines(body: ChunkedBody) -> (Vec<Value>, Option<String>) {
    let mut lines = Lines::open(body.boxed(), BUFFER.to_vec(), ());
    all(|| lines.next())
}

#[cfg(feature = "csv")]
type Row = std::collections::BTreeMap<String, String>;

#[cfg(feature = "csv")]
fn rows(body: ChunkedBody) -> (Vec<Row>, Option<String>) {
    let mut table = Table::open(body.boxed(), Vec::new(), ());
    all(|| table.next())
}

/// Bodies in UTF-8 or UTF-16, with any number of byte order marks, most of them damaged.
fn bodies(parts: &'static [&'static str]) -> impl Strategy<Value = Vec<u8>> {
    let text = prop::collection::vec(prop::sample::select(parts), 0..12).prop_map(|parts| parts.concat());
    let damage = prop::option::of((any::<prop::sample::Index>(), any::<u8>(), 0..3));
    (0..3_usize, text, 0..3, damage).prop_map(|(marks, text, charset, damage)| {
        let text = "\u{feff}".repeat(marks) + &text;
        let mut bytes: Vec<u8> = match charset {
            0 => text.into_bytes(),
            1 => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            _ => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        };
        if let Some((place, byte, way)) = damage {
            let at = place.index(bytes.len() + 1);
            match way {
                0 => bytes.insert(at, byte),
                1 => bytes.truncate(at),
                _ => bytes.extend([byte, 0xd8]),
            }
        }
        bytes
    })
}

fn cuts() -> impl Strategy<Value = Vec<usize>> {
    prop_oneof![(1..4_usize).prop_map(|size| vec![size; 200]), prop::collection::vec(1..20_usize, 0..60)]
}

proptest! {
    #[test]
    fn elements_are_the_same_in_any_chunks(
        body in bodies(&["{\"a\":", "[", "]", "{}", "}", ",", "1", "-2e3", "\"é𝄞\"", " ", "null", "\n"]),
        path in prop::sample::select(&["", "a"][..]),
        cuts in cuts(),
    ) {
        prop_assert_eq!(
            elements(ChunkedBody::new(&body, &cuts), path),
            elements(ChunkedBody::new(&body, &[]), path)
        );
    }

    #[test]
    fn json_lines_are_the_same_in_any_chunks(
        body in bodies(&["1", "[2]\n", "{}", "\n", "\r\n", "\"é𝄞\"", " ", "x"]),
        cuts in cuts(),
    ) {
        prop_assert_eq!(json_lines(ChunkedBody::new(&body, &cuts)), json_lines(ChunkedBody::new(&body, &[])));
    }

    #[cfg(feature = "csv")]
    #[test]
    fn rows_are_the_same_in_any_chunks(
        body in bodies(&["a", "b,", "é𝄞", "\n", "\r", "\"", ",", "c,d\n", "\u{feff}"]),
        cuts in cuts(),
    ) {
        prop_assert_eq!(rows(ChunkedBody::new(&body, &cuts)), rows(ChunkedBody::new(&body, &[])));
    }
}

#[test]
fn body_with_two_byte_order_marks_is_read_in_any_chunks() {
    let marked = |text: &str| format!("\u{feff}\u{feff}{text}");
    let utf16 = |text: &str| -> Vec<u8> { marked(text).encode_utf16().flat_map(u16::to_be_bytes).collect() };
    for cuts in [&[][..], &[1; 99], &[6, 2], &[4, 2]] {
        for body in [marked("[1,2]").into_bytes(), utf16("[1,2]")] {
            assert_eq!(elements(ChunkedBody::new(body, cuts), ""), (vec![1.into(), 2.into()], None));
        }
        for body in [marked("1\n2").into_bytes(), utf16("1\n2")] {
            assert_eq!(json_lines(ChunkedBody::new(body, cuts)), (vec![1.into(), 2.into()], None));
        }
        #[cfg(feature = "csv")]
        for body in [marked("name\nx").into_bytes(), utf16("name\nx")] {
            let row = Row::from([("name".to_owned(), "x".to_owned())]);
            assert_eq!(rows(ChunkedBody::new(body, cuts)), (vec![row], None), "{cuts:?}");
        }
    }
}

#[test]
fn number_directly_before_another_value_is_an_error_in_any_chunks() {
    for cuts in [&[][..], &[1; 99]] {
        let (elements, end) = elements(ChunkedBody::new("[1,2\"a\"]", cuts), "");
        assert_eq!((elements, end.is_some()), (vec![1.into()], true));
    }
}

#[test]
fn body_that_ends_within_a_character_is_an_error_in_any_chunks() {
    let begin: &[u8] = b"\xfe\xff\xfe\xff\x00[\x001\x00]\x00\n";
    for end in [&b"\0"[..], b"\xd8\0", b"\xd8\0\0", b"\xdc\0\0\n"] {
        for cuts in [&[][..], &[1; 99], &[4, 2]] {
            let body = ChunkedBody::new([begin, end].concat(), cuts);
            assert!(elements(body.clone(), "").1.is_some(), "{end:?}");
            assert!(json_lines(body.clone()).1.is_some(), "{end:?}");
            #[cfg(feature = "csv")]
            assert!(rows(body).1.is_some(), "{end:?}");
        }
    }
}

#[cfg(feature = "csv")]
#[test]
fn largest_row_is_the_same_in_any_chunks() {
    use super::super::MAX_ITEM_SIZE;
    const HEADER: &str = "name\n";
    for (size, fits) in [(MAX_ITEM_SIZE, true), (MAX_ITEM_SIZE + 1, false)] {
        let body = format!("{HEADER}{}\n", "x".repeat(size - 1));
        for cuts in [&[][..], &[HEADER.len()]] {
            let (rows, end) = rows(ChunkedBody::new(&body, cuts));
            assert_eq!((rows.len(), end.is_none()), (usize::from(fits), fits), "{cuts:?}: {end:?}");
        }
    }
}
