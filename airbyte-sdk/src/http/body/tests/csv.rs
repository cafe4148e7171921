//! CSV with a header.

use super::super::csv::Table;
use super::super::{Format, MAX_ITEM_SIZE, ReadError};
use super::{ChunkedBody, text_of};
use proptest::prelude::*;
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Debug, Deserialize, PartialEq)]
struct Row {
    name: String,
    #[serde(rename = "Amount, in €")]
    amount: Option<f64>,
}

const HEADER: &str = "name,other,\"Amount, in €\"\r\n";

fn read(body: ChunkedBody) -> (Vec<Row>, Result<(), ReadError>) {
    let mut table = Table::open(body.boxed(), Vec::new(), ());
    let mut rows = Vec::new();
    loop {
        match table.next::<Row>() {
            Ok(Some(row)) => rows.push(row),
            Ok(None) => return (rows, Ok(())),
            Err(error) => return (rows, Err(error)),
        }
    }
}

proptest! {
    #[test]
    fn tables_in_any_chunks_are_read_equally(
        rows in prop::collection::vec(("[a\",;\n é]{1,9}", prop::option::of(-1e6..1e6)), 0..12),
        chunks in prop::collection::vec(1..20_usize, 0..60),
    ) {
        let mut text = HEADER.to_owned();
        for (name, amount) in &rows {
            let amount = amount.map_or_else(String::new, |amount: f64| amount.to_string());
            text.push_str(&format!("\"{}\",x,{amount}\r\n", name.replace('"', "\"\"")));
        }
        let (read, end) = read(ChunkedBody::new(text, &chunks));
        prop_assert!(end.is_ok(), "{end:?}");
        prop_assert_eq!(read, rows.into_iter().map(|(name, amount)| Row { name, amount }).collect::<Vec<_>>());
    }
}

#[test]
fn table_may_be_empty_and_may_begin_with_a_byte_order_mark() {
    for text in ["", HEADER, "\u{feff}name,\"Amount, in €\"\nx,1", "name,\"Amount, in €\"\nx,1\n\n"] {
        let (rows, end) = read(ChunkedBody::new(text, &[]));
        assert!(end.is_ok(), "{text}: {end:?}");
        assert_eq!(rows.len(), usize::from(text.contains("x,1")), "{text}");
    }
}

#[test]
fn invalid_row_is_named() {
    let error_of = |rest: &str| {
        let (rows, end) = read(ChunkedBody::new(format!("{HEADER}a,b,1\n{rest}"), &[]));
        assert_eq!(rows.len(), 1);
        text_of(end.unwrap_err())
    };
    let wrong = "system_error: unexpected CSV structure in the response from https://a.example: line 3: ";
    let message = error_of("a,b,many\n");
    assert!(
        message.starts_with(&format!("{wrong}invalid value in the column `Amount, in €` (")),
        "{message}"
    );
    assert!(error_of("a,b\n").starts_with(&format!("{wrong}the row has 2 fields, the header has 3")));
    let message = error_of(&format!("\"a,b,1{}", "x".repeat(2 * MAX_ITEM_SIZE)));
    assert_eq!(
        message,
        "system_error: the row on line 3 in the response from https://a.example is larger than 16 MiB"
    );
    let (_, end) = read(ChunkedBody::new(b"name,\"Amount, in \xe2\x82\xac\"\n\xff,1\n", &[]));
    assert!(
        super::text_of(end.unwrap_err())
            .starts_with("transient_error: invalid CSV in the response from https://a.example")
    );
    // An error message or a login page, with or without rows below it.
    for page in ["<html>\nbusy\n", "<html>\n", "{\"error\": \"quota\"}"] {
        let (rows, end) = read(ChunkedBody::new(page, &[]));
        let message = super::text_of(end.unwrap_err());
        assert!(rows.is_empty(), "{message}");
        assert!(
            message.starts_with("transient_error: invalid CSV in the response from https://a.example"),
            "{message}"
        );
    }
    let (_, end) = read(ChunkedBody::new("Name,Price\na,1\n", &[]));
    let message = super::text_of(end.unwrap_err());
    assert!(message.contains(": the header has none of the columns `name`, `Amount, in €`"), "{message}");
    assert!(message.starts_with("system_error"), "{message}");
}

#[test]
fn unclosed_quote_is_named_with_its_line() {
    for rest in ["\"a,b,1\na,b,2\n", "a,b,\"1", "\"", "a,b,\"1\"\"\n", "a,b,\"1\n\n\n"] {
        for chunks in [&[][..], &[1; 200]] {
            let (rows, end) = read(ChunkedBody::new(format!("{HEADER}a,b,1\n{rest}"), chunks));
            assert_eq!(rows.len(), 1, "{rest}");
            let message = text_of(end.unwrap_err());
            let expected = "incomplete CSV in the response from https://a.example: a quote in the row that begins on line 3 is not closed";
            assert!(message.starts_with(&format!("transient_error: {expected}")), "{rest}: {message}");
        }
    }
    let (_, end) = read(ChunkedBody::new("\"name\n", &[]));
    assert!(matches!(end, Err(ReadError::Unfinished { .. })), "{end:?}");
    // These are closed.
    for rest in ["\"a\n\n\",b,1", "\"a\n\n\"", "a\"b,c,1\n", "\"a\",\"b\",\"1\"\r", "a,b,1\n\n\n\n"] {
        let columns = if rest.contains(',') { "name,other,\"Amount, in €\"\n" } else { "name\n" };
        let mut table =
            Table::open(ChunkedBody::new(format!("{columns}{rest}"), &[]).boxed(), Vec::new(), ());
        assert!(table.next::<BTreeMap<String, String>>().unwrap().is_some(), "{rest}");
        assert!(table.next::<BTreeMap<String, String>>().unwrap().is_none(), "{rest}");
    }
}

#[test]
fn complete_rows_are_returned_before_the_error() {
    let (rows, end) = read(ChunkedBody::broken(format!("{HEADER}a,b,1\na,b,2\na,b,")));
    assert_eq!(rows.len(), 2);
    assert!(matches!(end, Err(ReadError::Io(_))), "{end:?}");
}
