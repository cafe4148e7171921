//! CSV with a header.

use super::super::csv::Table;
use super::super::{Format, LARGEST_PIECE, Trouble};
use super::{Dribble, told};
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

fn read(body: Dribble) -> (Vec<Row>, Result<(), Trouble>) {
    let mut table = Table::open(body.boxed(), Vec::new(), ());
    let mut rows = Vec::new();
    loop {
        match table.next::<Row>() {
            Ok(Some(row)) => rows.push(row),
            Ok(None) => return (rows, Ok(())),
            Err(trouble) => return (rows, Err(trouble)),
        }
    }
}

proptest! {
    #[test]
    fn tables_cut_anywhere_are_the_same(
        rows in prop::collection::vec(("[a\",;\n é]{1,9}", prop::option::of(-1e6..1e6)), 0..12),
        pieces in prop::collection::vec(1..20_usize, 0..60),
    ) {
        let mut text = HEADER.to_owned();
        for (name, amount) in &rows {
            let amount = amount.map_or_else(String::new, |amount: f64| amount.to_string());
            text.push_str(&format!("\"{}\",x,{amount}\r\n", name.replace('"', "\"\"")));
        }
        let (read, end) = read(Dribble::new(text, &pieces));
        prop_assert!(end.is_ok(), "{end:?}");
        prop_assert_eq!(read, rows.into_iter().map(|(name, amount)| Row { name, amount }).collect::<Vec<_>>());
    }
}

#[test]
fn a_table_may_be_empty_and_may_begin_with_a_mark() {
    for text in ["", HEADER, "\u{feff}name,\"Amount, in €\"\nx,1", "name,\"Amount, in €\"\nx,1\n\n"] {
        let (rows, end) = read(Dribble::new(text, &[]));
        assert!(end.is_ok(), "{text}: {end:?}");
        assert_eq!(rows.len(), usize::from(text.contains("x,1")), "{text}");
    }
}

#[test]
fn a_row_in_trouble_is_named() {
    let told_of = |rest: &str| {
        let (rows, end) = read(Dribble::new(format!("{HEADER}a,b,1\n{rest}"), &[]));
        assert_eq!(rows.len(), 1);
        told(end.unwrap_err())
    };
    let wrong = "system_error: GET it answered with CSV of an unexpected shape in line 3";
    let told = told_of("a,b,many\n");
    assert!(told.starts_with(&format!("{wrong} at `Amount, in €` (")), "{told}");
    assert!(told_of("a,b\n").starts_with(wrong));
    let told = told_of(&format!("\"a,b,1{}", "x".repeat(2 * LARGEST_PIECE)));
    assert_eq!(told, "system_error: the row in line 3 in the answer of GET it has more than 16777216 bytes");
    let (_, end) = read(Dribble::new(b"name,\"Amount, in \xe2\x82\xac\"\n\xff,1\n", &[]));
    assert!(
        super::told(end.unwrap_err())
            .starts_with("transient_error: GET it answered with something that is no CSV")
    );
    // An error message or a login page, with rows below it or without.
    for page in ["<html>\nbusy\n", "<html>\n", "{\"error\": \"quota\"}"] {
        let (rows, end) = read(Dribble::new(page, &[]));
        let told = super::told(end.unwrap_err());
        assert!(rows.is_empty(), "{told}");
        assert!(told.starts_with("transient_error: GET it answered with something that is no CSV"), "{told}");
    }
    let (_, end) = read(Dribble::new("Name,Price\na,1\n", &[]));
    let told = super::told(end.unwrap_err());
    assert!(told.contains("its header has none of the columns `name`, `Amount, in €`"), "{told}");
    assert!(told.starts_with("system_error"), "{told}");
}

#[test]
fn quote_that_is_not_closed_is_named_with_its_line() {
    for rest in ["\"a,b,1\na,b,2\n", "a,b,\"1", "\"", "a,b,\"1\"\"\n", "a,b,\"1\n\n\n"] {
        for pieces in [&[][..], &[1; 200]] {
            let (rows, end) = read(Dribble::new(format!("{HEADER}a,b,1\n{rest}"), pieces));
            assert_eq!(rows.len(), 1, "{rest}");
            let told = told(end.unwrap_err());
            let expected = "answered with CSV that is not complete: a quote in the row that begins in line 3 is not closed";
            assert!(told.starts_with(&format!("transient_error: GET it {expected}")), "{rest}: {told}");
        }
    }
    let (_, end) = read(Dribble::new("\"name\n", &[]));
    assert!(matches!(end, Err(Trouble::Unfinished { .. })), "{end:?}");
    // These are closed.
    for rest in ["\"a\n\n\",b,1", "\"a\n\n\"", "a\"b,c,1\n", "\"a\",\"b\",\"1\"\r", "a,b,1\n\n\n\n"] {
        let columns = if rest.contains(',') { "name,other,\"Amount, in €\"\n" } else { "name\n" };
        let mut table = Table::open(Dribble::new(format!("{columns}{rest}"), &[]).boxed(), Vec::new(), ());
        assert!(table.next::<BTreeMap<String, String>>().unwrap().is_some(), "{rest}");
        assert!(table.next::<BTreeMap<String, String>>().unwrap().is_none(), "{rest}");
    }
}

#[test]
fn whole_rows_come_out_before_a_break() {
    let (rows, end) = read(Dribble::broken(format!("{HEADER}a,b,1\na,b,2\na,b,")));
    assert_eq!(rows.len(), 2);
    assert!(matches!(end, Err(Trouble::BrokenOff(_))), "{end:?}");
}
