//! A link to the next page, wherever an API may have it from, never leads to another origin: the credentials go with it.

#![no_main]

use airbyte_sdk::fuzzing::next_link;
use libfuzzer_sys::fuzz_target;
use url::Url;

const BASES: [&str; 4] = [
    "https://api.example.com/v1/things?page=1",
    "http://127.0.0.1:8080/a/b/../c",
    "https://[::1]:444",
    "https://api.example.com/v1/things/?q=a%20b",
];

fuzz_target!(|data: (u8, &str)| {
    let (base, reference) = data;
    let base = BASES[usize::from(base) % BASES.len()];
    let Some(next) = next_link(base, reference) else { return };
    // Browsers and other clients must understand the URL in the same way.
    let (base, parsed) = (Url::parse(base).expect("a base URL"), Url::parse(&next));
    let parsed = parsed.unwrap_or_else(|error| panic!("{next:?}: {error}"));
    assert_eq!(parsed.origin(), base.origin(), "{reference:?} leads to {next:?}");
    assert_eq!((parsed.username(), parsed.password()), ("", None), "{next:?}");
});
