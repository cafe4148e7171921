//! JSON Lines.

use super::super::json_lines::Lines;
use super::super::{Format, MAX_ITEM_SIZE, ReadError};
use super::{ChunkedBody, text_of};
use proptest::prelude::*;
use serde::Deserialize;

#[derive(Debug, Deserialize, PartialEq)]
struct Row {
    n: u32,
}

fn read(body: ChunkedBody) -> (Vec<u32>, Result<(), ReadError>) {
    let mut lines = Lines::open(body.boxed(), vec![0; 3], ());
    let mut values = Vec::new();
    loop {
        match lines.next::<Row>() {
            Ok(Some(row)) => values.push(row.n),
            Ok(None) => return (values, Ok(())),
            Err(error) => return (values, Err(error)),
        }
    }
}

proptest! {
    #[test]
    fn lines_in_any_chunks_are_read_equally(
        values in prop::collection::vec((any::<u32>(), prop::sample::select(&["\n", "\r\n", "\n\n", " \n \t\n"][..])), 0..20),
        chunks in prop::collection::vec(1..20_usize, 0..60),
        last in any::<bool>(),
    ) {
        let mut text: String = values.iter().map(|(n, end)| format!("{{\"n\":{n}}}{end}")).collect();
        if last {
            text.truncate(text.trim_end().len());
        }
        let (read, end) = read(ChunkedBody::new(text, &chunks));
        prop_assert!(end.is_ok());
        prop_assert_eq!(read, values.into_iter().map(|(n, _)| n).collect::<Vec<_>>());
    }
}

#[test]
fn invalid_line_is_named() {
    let good = "{\"n\":1}\n\n";
    let error_of = |rest: &str| {
        let (values, end) = read(ChunkedBody::new(format!("{good}{rest}"), &[]));
        assert_eq!(values, [1]);
        text_of(end.unwrap_err())
    };
    let message = error_of("{\"n\":-2}\n");
    assert!(
        message.starts_with(
            "system_error: unexpected JSON structure in the response from https://a.example: line 3: invalid value at `n` (invalid value"
        ),
        "{message}"
    );
    let message = error_of("{\"n\":2");
    assert!(
        message
            .starts_with("transient_error: invalid JSON in the response from https://a.example (line 3: EOF"),
        "{message}"
    );
    assert!(error_of("{\"n\":2} {\"n\":3}\n").contains("https://a.example (line 3: trailing"));
    assert!(error_of(&"[".repeat(100_000)).contains("JSON"));
    let message = error_of(&format!("{{\"n\":2,\"x\":\"{}", "x".repeat(MAX_ITEM_SIZE)));
    assert_eq!(message, "system_error: line 3 in the response from https://a.example is larger than 16 MiB");
}

#[test]
fn complete_lines_are_returned_before_the_error() {
    let (values, end) = read(ChunkedBody::broken("{\"n\":1}\n{\"n\":2}\n{\"n\":3}"));
    assert_eq!(values, [1, 2]);
    assert!(matches!(end, Err(ReadError::Io(_))), "{end:?}");
}
