//! A value a line.

use super::super::json_lines::Lines;
use super::super::{Format, LARGEST_PIECE, Trouble};
use super::{Dribble, told};
use proptest::prelude::*;
use serde::Deserialize;

#[derive(Debug, Deserialize, PartialEq)]
struct Row {
    n: u32,
}

fn read(body: Dribble) -> (Vec<u32>, Result<(), Trouble>) {
    let mut lines = Lines::open(body.boxed(), vec![0; 3], ());
    let mut values = Vec::new();
    loop {
        match lines.next::<Row>() {
            Ok(Some(row)) => values.push(row.n),
            Ok(None) => return (values, Ok(())),
            Err(trouble) => return (values, Err(trouble)),
        }
    }
}

proptest! {
    #[test]
    fn lines_cut_anywhere_are_the_same(
        values in prop::collection::vec((any::<u32>(), prop::sample::select(&["\n", "\r\n", "\n\n", " \n \t\n"][..])), 0..20),
        pieces in prop::collection::vec(1..20_usize, 0..60),
        last in any::<bool>(),
    ) {
        let mut text: String = values.iter().map(|(n, end)| format!("{{\"n\":{n}}}{end}")).collect();
        if last {
            text.truncate(text.trim_end().len());
        }
        let (read, end) = read(Dribble::new(text, &pieces));
        prop_assert!(end.is_ok());
        prop_assert_eq!(read, values.into_iter().map(|(n, _)| n).collect::<Vec<_>>());
    }
}

#[test]
fn a_line_in_trouble_is_named() {
    let good = "{\"n\":1}\n\n";
    let told_of = |rest: &str| {
        let (values, end) = read(Dribble::new(format!("{good}{rest}"), &[]));
        assert_eq!(values, [1]);
        told(end.unwrap_err())
    };
    let told = told_of("{\"n\":-2}\n");
    assert!(
        told.starts_with(
            "system_error: GET it answered with JSON of an unexpected shape in line 3 at `n` (invalid value"
        ),
        "{told}"
    );
    let told = told_of("{\"n\":2");
    assert!(
        told.starts_with("transient_error: GET it answered with something that is no JSON (line 3: EOF"),
        "{told}"
    );
    assert!(told_of("{\"n\":2} {\"n\":3}\n").contains("no JSON (line 3: trailing"));
    assert!(told_of(&"[".repeat(100_000)).contains("JSON"));
    let told = told_of(&format!("{{\"n\":2,\"x\":\"{}", "x".repeat(LARGEST_PIECE)));
    assert_eq!(told, "system_error: line 3 in the answer of GET it has more than 16777216 bytes");
}

#[test]
fn whole_lines_come_out_before_a_break() {
    let (values, end) = read(Dribble::broken("{\"n\":1}\n{\"n\":2}\n{\"n\":3}"));
    assert_eq!(values, [1, 2]);
    assert!(matches!(end, Err(Trouble::BrokenOff(_))), "{end:?}");
}
