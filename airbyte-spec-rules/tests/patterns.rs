//! Patterns against the results of other engines, which `engines.py` has written to `engines.tsv`.
#![expect(clippy::unwrap_used, reason = "the table is part of the test")]

use airbyte_spec_rules::Pattern;

const TABLE: &str = include_str!("engines.tsv");

/// A pattern, and what JavaScript (without and with the flag `u`), Java and Python match; `None` if they do not compile it.
type Row<'a> = (&'a str, [Option<&'a str>; 4]);

fn table() -> (Vec<String>, Vec<Row<'static>>) {
    let mut lines = TABLE.lines();
    let values = serde_json::from_str(lines.next().unwrap()).unwrap();
    let rows = lines.map(|line| {
        let (pattern, results) = line.split_once('\t').unwrap();
        let results: Vec<_> = results.split('\t').map(|result| (result != "-").then_some(result)).collect();
        (pattern, results.try_into().unwrap())
    });
    (values, rows.collect())
}

fn is_accepted(result: &str, value: usize) -> bool {
    result.as_bytes()[value] == b'1'
}

#[test]
fn accepted_values_are_accepted_by_every_engine() {
    let (values, rows) = table();
    let mut wrong = Vec::new();
    let mut accepted = 0;
    for (text, results) in rows {
        let Ok(pattern) = Pattern::new(text) else { continue };
        accepted += 1;
        for (engine, result) in ["JavaScript", "JavaScript with u", "Java", "Python"].iter().zip(results) {
            let Some(result) = result else {
                wrong.push(format!("{text} does not compile in {engine}"));
                continue;
            };
            for (at, value) in values.iter().enumerate() {
                // Without the flag, these are two characters.
                let is_counted_twice = *engine == "JavaScript" && value.chars().any(|c| c > '\u{ffff}');
                if pattern.is_match(value) && !is_accepted(result, at) && !is_counted_twice {
                    wrong.push(format!("{text} does not match {value:?} in {engine}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(accepted > 100, "{accepted} patterns are accepted");
}

/// A value that every other engine accepts is rejected here only if it ends in a line terminator, before which `$` matches in
/// Java.
#[test]
fn rejected_values_are_rejected_by_some_engine() {
    let (values, rows) = table();
    for (text, results) in rows {
        let Ok(pattern) = Pattern::new(text) else { continue };
        let ends_a_line = |value: &str| value.ends_with(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}']);
        for (at, value) in values.iter().enumerate().filter(|(_, value)| !ends_a_line(value)) {
            let is_accepted_by_all = results.iter().flatten().all(|result| is_accepted(result, at));
            assert!(pattern.is_match(value) || !is_accepted_by_all, "{text} must match {value:?}");
        }
    }
}

/// A pattern is rejected for a reason: some engine does not compile it, or differs from another one.
#[test]
fn rejected_patterns_differ_between_engines() {
    let (_, rows) = table();
    let mut harmless = Vec::new();
    for (text, results) in rows {
        let Err(error) = Pattern::new(text) else { continue };
        let is_same = results.iter().all(|result| result.is_some() && *result == results[0]);
        if is_same && !error.is_portable() {
            harmless.push(format!("{text}: {error}"));
        }
    }
    assert_eq!(harmless, [""; 0]);
}

#[test]
fn construct_that_differs_is_named_with_its_replacement() {
    for (pattern, message) in [
        (
            r"^\S+$",
            r"`\S` at character 2 excludes more whitespace in JavaScript and Python; write `[^ \t\r\n]`",
        ),
        (r"(?<n>a)", "`(?<` at character 1 is a syntax error in Python; write `(?:…)`"),
        (r"a{,2}", "`{,` at character 2 repeats in Python only; write `{0,`"),
        (
            r"é\-",
            r"`\-` at character 2 is a syntax error in JavaScript with the flag `u`; write `-` without the backslash",
        ),
        (
            r"[^\d]",
            r"`\d` at character 3 excludes more characters in JavaScript or Python; list them, such as `0-9`, `A-Za-z0-9_` or ` \t\r\n`",
        ),
        (
            r"[a😀]",
            "`😀` at character 3 is two characters in a class in JavaScript; write `(?:a|😀)` instead of `[a😀]`",
        ),
        (r"a++", "`+` at character 3 follows another quantifier; write one of them, or a group: `(?:a+)*`"),
    ] {
        let error = Pattern::new(pattern).unwrap_err();
        assert_eq!(error.to_string(), format!("the pattern is not portable: {message}"));
        assert!(!error.is_portable());
    }
    let error = Pattern::new("(a").unwrap_err();
    assert!(error.to_string().starts_with("the pattern is not a regular expression: "), "{error}");
}

#[test]
fn look_around_and_backreferences_are_portable_and_not_supported() {
    for pattern in ["^(?!x)a", "(?<=a)b", r"(a)\1"] {
        let error = Pattern::new(pattern).unwrap_err();
        assert!(
            error.is_portable() && error.to_string().starts_with("the pattern is not supported: "),
            "{error}"
        );
    }
    // What differs between the other engines counts more.
    assert!(!Pattern::new(r"(?!a)(?i)b").unwrap_err().is_portable());
}
