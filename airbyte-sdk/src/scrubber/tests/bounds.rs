//! Tests of the limits on time and memory: texts and secrets that take very many steps, and very many secrets.

use super::*;

#[test]
fn blanks_the_rest_of_a_text_that_can_be_read_in_too_many_ways() {
    let scrubber = scrubber([&"\\".repeat(40)]);
    let text = format!("before {}", "\\".repeat(10_000));
    assert_eq!(scrubber.scrub(&text), "before ****");
}

#[test]
fn repetitive_keys_and_texts_take_a_bounded_number_of_steps() {
    let keys = |key: String| vec![key];
    for (secrets, unit) in [
        (keys("a".repeat(100) + "b"), "a\n"),
        (keys("a".repeat(5000) + "b"), "a"),
        (keys("a".repeat(5000) + "b"), "a\n"),
        (keys("a ".repeat(2500) + "b"), "a\n"),
        (vec!["a\\".repeat(500) + "b", "a%61".to_owned()], "a\n"),
        (keys("a\\".repeat(500) + "b"), "a\\"),
        (keys("\n".repeat(500) + "b"), "\\n"),
        (keys("k".repeat(100_000)), "k"),
    ] {
        let mut scrubber = Scrubber::default();
        scrubber.add(&secrets);
        let text = unit.repeat(10_000 / unit.len());
        let mut found = Found::new(text.len());
        scrubber.search(&Text::of(&text), 0, &mut found);
        // An overrun is noticed after one more position.
        assert!(found.total() <= 6 * found.allowed(), "{unit:?}: {} steps", found.total());
        assert!(found.total() < 10_000_000, "{unit:?}: {} steps", found.total());
    }
}

#[test]
fn finds_long_keys_with_repeated_characters() {
    for (key, rest) in
        [("k".repeat(100_000), ""), ("0".repeat(64), " after"), ("ab".repeat(100) + "c", " after")]
    {
        let scrubber = scrubber([&key]);
        let text = format!("before {key}{rest}");
        assert_eq!(scrubber.scrub(&text), format!("before {STARS}{rest}"));
    }
    let key = "0".repeat(64) + "1";
    let near = "0".repeat(10_000);
    assert_eq!(scrubber([&key]).scrub(&near), near);
}

#[test]
fn secrets_added_together_or_one_by_one_are_the_same() {
    // In both letter cases: two secrets with the same needles.
    let secrets: Vec<String> = (0..100)
        .flat_map(|number| [format!("{number:x}-key-{number}"), format!("{number:X}-KEY-{number}")])
        .collect();
    let (mut together, mut single) = (Scrubber::default(), Scrubber::default());
    together.add(&secrets);
    secrets.iter().rev().for_each(|secret| single.add([secret]));
    together.add_recent("made-at-run-time");
    single.add_recent("made-at-run-time");
    assert_eq!(together.needles, single.needles);
    assert_eq!(together.scrub(&secrets.join(", ")), [STARS; 200].join(", "));
}

#[test]
fn remembers_only_the_most_recently_used_secrets() {
    let mut scrubber = Scrubber::default();
    scrubber.add(["kept-for-ever"]);
    let secret = |number: usize| format!("signature-{number:08}-x");
    for number in 0..20_000 {
        scrubber.add_recent(&secret(number));
        assert!(scrubber.knows(&secret(0)) || number == 0, "it is used all the time");
    }
    assert!(scrubber.recent.len() <= MAX_RECENT);
    assert!(scrubber.needles.len() <= 2 * MAX_RECENT);
    for (text, is_known) in [
        ("kept-for-ever".to_owned(), true),
        (secret(0), true),
        (secret(19_999), true),
        (secret(19_999 - MAX_RECENT / 2), true),
        (secret(1), false),
    ] {
        assert_eq!(scrubber.scrub(&text) == STARS, is_known, "{text}");
    }
    let long = |number: usize| format!("{number:08}{}", "x".repeat(MAX_RECENT_SIZE / 4));
    (0..8).for_each(|number| scrubber.add_recent(&long(number)));
    assert!(scrubber.recent_size <= MAX_RECENT_SIZE);
    assert_eq!(scrubber.scrub(&long(7)), STARS);
}
