//! The conformance suite: a correct connector passes every clause, and one with a single fault fails only the clause about it.
#![cfg(unix)]

mod shared;

use airbyte_conformance::{Report, Subject, Verdict};
use serde_json::json;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Checks the model connector with a fault, which has the name of the violated clause.
fn check(fault: &str) -> Report {
    model(fault).check()
}

fn model(fault: &str) -> Subject {
    let config =
        json!({"city": "Oslo", "login": {"kind": "token", "token": "t0ken/4711+x"}, "units": "metric"});
    let mut invalid = config.clone();
    invalid["city"] = "Atlantis".into();
    let mut unreachable = config.clone();
    unreachable["city"] = "Brigadoon".into();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs().to_string();
    let limit = if fault == "runs_end" { 3 } else { 60 };
    Subject::new("sh")
        .arguments([concat!(env!("CARGO_MANIFEST_DIR"), "/tests/models/model.sh"), fault, &now])
        .config(config)
        .invalid_config(invalid)
        .unreachable_config(unreachable)
        .time_limit(Duration::from_secs(limit))
}

#[test]
fn each_fault_fails_exactly_the_clause_about_it() {
    let model = check("none");
    for outcome in model.outcomes() {
        let is_optional =
            ["estimates_are_of_one_kind", "failed_read_loses_nothing"].contains(&outcome.clause);
        let is_expected = outcome.verdict == Verdict::Passed
            || is_optional && matches!(outcome.verdict, Verdict::NotApplicable(_));
        assert!(is_expected, "{}\n{model}", outcome.clause);
    }
    let mut clauses: Vec<&str> = model.outcomes().iter().map(|outcome| outcome.clause).collect();
    clauses.retain(|clause| !shared::ONLY_HERE.contains(clause));
    let next = AtomicUsize::new(0);
    let work = || {
        let mut wrong = Vec::new();
        while let Some(clause) = clauses.get(next.fetch_add(1, Relaxed)) {
            let report = check(clause);
            let failed: Vec<&str> = report.failures().map(|outcome| outcome.clause).collect();
            if failed != [*clause] {
                let details = report.failures().map(|outcome| format!("{outcome:?}\n"));
                wrong.push(format!("{clause}: {failed:?}\n{}", details.collect::<String>()));
            }
        }
        wrong
    };
    let wrong: Vec<String> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..4).map(|_| scope.spawn(work)).collect();
        workers.into_iter().flat_map(|worker| worker.join().expect("a report")).collect()
    });
    assert!(wrong.is_empty(), "unexpected clauses failed:\n{}", wrong.join("\n"));
}

#[test]
fn report_has_the_rule_and_the_evidence() {
    let report = check("one_spec");
    let text = report.to_string();
    assert!(text.contains("one_spec                             FAILED"), "{text}");
    assert!(text.contains("rule: spec prints one SPEC"), "{text}");
    assert!(
        text.contains("found: spec: 2 SPEC messages, exit code 0\n    evidence: {\"type\":\"SPEC\""),
        "{text}"
    );
    assert!(text.contains("one_catalog                          passed"), "{text}");
}

#[test]
fn leaked_secret_is_found_in_any_encoding_and_blanked() {
    for (leak, shown) in [
        ("key t0ken/4711+x.", "key ****."),
        (r"key t0ken\\\/4711\u002bx.", "key ****."),
        ("Authorization: Basic bWU6dDBrZW4vNDcxMSt4", "Authorization: Basic bWU6****"),
        ("key 74306B656E2F343731312B78.", "key ****."),
    ] {
        let report = check(&format!("leaks {leak}"));
        let failed: Vec<&str> = report.failures().map(|outcome| outcome.clause).collect();
        assert_eq!(failed, ["no_secret_in_output"], "{report}");
        assert!(report.to_string().contains(shown), "{report}");
    }
}

#[test]
fn report_blanks_secrets_of_a_configuration_in_a_control_message() {
    let report = check(
        "leaks \"}}\n{\"type\":\"CONTROL\",\"control\":{\"type\":\"CONNECTOR_CONFIG\",\"connectorConfig\":{\"config\":{\"login\":{\"token\":\"t0ken/4711+x\"}}}}}\nHello t0ken/4711+x and {\"a\":{\"b\":\"",
    );
    let text = report.to_string();
    assert!(text.contains("stdout_is_messages                   FAILED"), "{text}");
    assert!(!text.contains("4711"), "{text}");
}

#[test]
#[should_panic(expected = "the connector violates the protocol")]
fn faulty_connector_fails_the_assertion() {
    check("usage_on_stderr").assert_conforms();
}

#[test]
fn invalid_command_line_may_send_a_trace_but_no_text_on_stdout() {
    let report = check("usage_as_trace");
    assert_eq!(report.failures().count(), 0, "{report}");
    let report = check("usage_on_stdout");
    let failed: Vec<&str> = report.failures().map(|outcome| outcome.clause).collect();
    assert_eq!(failed, ["usage_on_stderr"], "{report}");
}

#[test]
fn only_the_selected_streams_are_read() {
    let subject = model("tags_never_end").time_limit(Duration::from_secs(10));
    let report = subject.clone().streams(["users"]).check();
    assert_eq!(report.failures().count(), 0, "{report}");
    let report = subject.streams(["people"]).check();
    let failed: Vec<&str> = report.failures().map(|outcome| outcome.clause).collect();
    assert_eq!(failed, ["catalog_streams"], "{report}");
    assert!(report.to_string().contains("there is no stream people, which the test selects"), "{report}");
}

#[test]
fn program_without_output_fails() {
    let report = Subject::new("true").check();
    let failed: Vec<&str> = report.failures().map(|outcome| outcome.clause).collect();
    for clause in ["one_spec", "check_succeeds", "one_catalog", "usage_on_stderr"] {
        assert!(failed.contains(&clause), "{report}");
    }
}
