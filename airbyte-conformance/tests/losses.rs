//! Connectors that lose data or leak secrets fail the clauses about that, and correct ones pass.
#![cfg(unix)]
#![expect(clippy::expect_used, reason = "a test may panic in its helpers too")]

mod shared;

use airbyte_conformance::{Report, Subject, Verdict};
use serde_json::json;
use shared::{FAULTS, ONLY_HERE};
use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::Command;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

/// Correct connectors that are unusual.
const CORRECT: &[&str] =
    &["none", "global", "leaves_a_process_behind", "partitions_in_turns", "windows", "new_parents"];

/// The model, which Cargo builds with `--test` only if asked to.
static MODEL: LazyLock<PathBuf> = LazyLock::new(|| {
    // This test is `TARGET/PROFILE/deps/losses-…`.
    let this = std::env::current_exe().expect("the path of this test");
    let folder = this.ancestors().nth(2).expect("the folder of the profile");
    let target = folder.parent().expect("the folder of all profiles");
    let profile = match folder.file_name().and_then(OsStr::to_str) {
        Some("debug") | None => "dev",
        Some(profile) => profile,
    };
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["build", "--quiet", "--example", "model", "--profile", profile, "--manifest-path"]);
    cargo.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")).arg("--target-dir").arg(target);
    let output = cargo.output().expect("cargo starts");
    assert!(output.status.success(), "the model is not built:\n{}", String::from_utf8_lossy(&output.stderr));
    let model = folder.join("examples/model");
    assert!(model.exists(), "Cargo has not built {}", model.display());
    model
});

fn check(faults: &str) -> Report {
    Subject::new(&*MODEL)
        .arguments([faults])
        .config(json!({"token": "correct horse battery"}))
        .invalid_config(json!({"token": "wrong-t0ken-4711"}))
        .unreachable_config(json!({"token": "correct horse battery", "place": "nowhere"}))
        .time_limit(Duration::from_secs(60))
        .check()
}

fn failed(report: &Report) -> Vec<&str> {
    report.failures().map(|outcome| outcome.clause).collect()
}

/// Checks the cases on several threads, and fails with the unexpected results.
fn all<T: Sync>(cases: &[T], check: impl Fn(&T) -> Option<String> + Sync) {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut wrong = Vec::new();
        while let Some(case) = cases.get(next.fetch_add(1, Relaxed)) {
            wrong.extend(check(case));
        }
        wrong
    };
    let wrong: Vec<String> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..4).map(|_| scope.spawn(work)).collect();
        workers.into_iter().flat_map(|worker| worker.join().expect("a report")).collect()
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn fault_fails_exactly_the_clauses_about_it() {
    all(FAULTS, |(fault, clauses)| {
        let report = check(fault);
        (failed(&report) != *clauses).then(|| format!("{fault}: {:?}\n{report}", failed(&report)))
    });
}

#[test]
fn correct_connectors_pass() {
    all(CORRECT, |model| {
        let report = check(model);
        (!failed(&report).is_empty()).then(|| format!("{model}: {report}"))
    });
}

#[test]
fn failed_plain_read_is_reported_first_and_clauses_about_reads_are_not_checked() {
    let report = check("every_read_crashes");
    let text = report.to_string();
    let failed = text.lines().position(|line| line.ends_with("FAILED"));
    let first = failed.and_then(|line| text.lines().nth(line));
    assert!(first.is_some_and(|line| line.starts_with("plain_reads_succeed ")), "{text}");
    let why = "not applicable: not checked, because `plain_reads_succeed` failed";
    for clause in [
        "works_in_any_directory",
        "resuming_loses_nothing",
        "broken_state_fails_the_read",
        "debug_is_accepted",
    ] {
        let line = text.lines().find(|line| line.starts_with(clause));
        assert!(line.is_some_and(|line| line.ends_with(why)), "{clause}\n{text}");
    }
}

#[test]
fn clauses_that_do_not_apply_have_a_reason() {
    let report = check("none");
    let skipped = report.outcomes().iter().filter_map(|outcome| match &outcome.verdict {
        Verdict::NotApplicable(why) => Some((outcome.clause, why.as_str())),
        _ => None,
    });
    let skipped: Vec<(&str, &str)> = skipped.collect();
    assert_eq!(
        skipped,
        [
            ("logs_have_level_and_message", "no LOG was sent"),
            ("estimates_are_of_one_kind", "no estimate was sent"),
            ("spec_is_of_this_protocol", "the spec has no version, which means 0.2.0"),
            ("spec_one_of", "the spec has no oneOf"),
            ("spec_patterns", "no field has a pattern"),
            ("changes_have_reasons", "no record has a change"),
            ("failed_read_loses_nothing", "the read with an API that cannot be reached sent no state"),
            ("status_reasons_are_rate_limits", "no status has a reason"),
        ]
    );
}

#[test]
fn every_clause_of_this_model_is_violated_by_a_fault() {
    for clause in ONLY_HERE {
        assert!(FAULTS.iter().any(|(_, clauses)| clauses.contains(clause)), "{clause}");
    }
}
