//! The compiler's messages for an author's mistakes. Each case has the mistake that its file name says, and the expected
//! message next to it.
//!
//! `TRYBUILD=overwrite cargo test -p airbyte-sdk --test ui` accepts new messages; read the difference.

#[test]
fn compile_errors_match_the_recorded_ones() {
    let cases = trybuild::TestCases::new();
    for folder in ["spec", "stream", "source", "deserialize", "secret", "pagination", "windows"] {
        // There the compiler lists what else serde can read, and that depends on serde's features.
        if folder != "deserialize" || cfg!(not(feature = "raw_json")) {
            cases.compile_fail(format!("tests/ui/{folder}/*.rs"));
        }
    }
}
