//! CSV: the rows are those that the `csv` crate finds in the whole body, however it is cut into chunks; a row that ends within a
//! quote is an error.

#![no_main]

use airbyte_sdk::fuzzing::{Chunks, csv_rows, utf8};
use libfuzzer_sys::fuzz_target;
use std::collections::BTreeMap;

type Row = BTreeMap<String, String>;

fuzz_target!(|data: (u8, &[u8])| {
    let (chunk, body) = data;
    let (rows, end) = csv_rows::<Row>(Chunks::of(body, chunk));
    let whole = csv_rows::<Row>(Chunks::whole(body));
    assert_eq!((&rows, &end), (&whole.0, &whole.1), "the chunks make a difference");
    let Some(text) = utf8(body) else { return };
    let expected: Vec<Row> =
        csv::Reader::from_reader(text).into_deserialize().map_while(|row| row.ok()).collect();
    if end.is_ok() {
        assert_eq!(rows, expected);
    } else {
        assert!(expected.starts_with(&rows), "{rows:?} of {expected:?}, then {end:?}");
    }
});
