//! The conformance suite itself: a connector that behaves passes all of it, and one with a single fault fails just the
//! clause that is about it.
#![cfg(unix)]

mod shared;

use airbyte_conformance::{Report, Subject, Verdict};
use serde_json::json;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// What became of the connector with the fault that is named like the clause it breaks.
fn judge(fault: &str) -> Report {
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
    let limit = if fault == "runs_come_to_an_end" { 3 } else { 60 };
    Subject::new("sh")
        .arguments([concat!(env!("CARGO_MANIFEST_DIR"), "/tests/rogues/model.sh"), fault, &now])
        .config(config)
        .invalid_config(invalid)
        .unreachable_config(unreachable)
        .time_limit(Duration::from_secs(limit))
}

#[test]
fn every_clause_fails_for_the_connector_that_breaks_it_and_for_no_other() {
    let model = judge("none");
    for outcome in model.outcomes() {
        let left = ["estimates_are_of_one_kind", "failed_read_loses_nothing"].contains(&outcome.clause);
        let is_well = outcome.verdict == Verdict::Passed
            || left && matches!(outcome.verdict, Verdict::NotApplicable(_));
        assert!(is_well, "{}\n{model}", outcome.clause);
    }
    let mut clauses: Vec<&str> = model.outcomes().iter().map(|outcome| outcome.clause).collect();
    clauses.retain(|clause| !shared::ONLY_HERE.contains(clause));
    let next = AtomicUsize::new(0);
    let work = || {
        let mut wrong = Vec::new();
        while let Some(clause) = clauses.get(next.fetch_add(1, Relaxed)) {
            let report = judge(clause);
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
        workers.into_iter().flat_map(|worker| worker.join().expect("a judgement")).collect()
    });
    assert!(wrong.is_empty(), "other clauses failed than the one that was broken:\n{}", wrong.join("\n"));
}

#[test]
fn a_report_tells_the_rule_and_what_breaks_it() {
    let report = judge("one_spec");
    let text = report.to_string();
    assert!(text.contains("one_spec                             FAILED"), "{text}");
    assert!(text.contains("the rule: spec prints one SPEC"), "{text}");
    assert!(text.contains("but: spec: 2 of SPEC, exit code 0\n    seen: {\"type\":\"SPEC\""), "{text}");
    assert!(text.contains("one_catalog                          passed"), "{text}");
}

#[test]
fn a_leaked_secret_is_found_in_any_form_and_not_shown() {
    for (leak, shown) in [
        ("key t0ken/4711+x.", "key ****."),
        (r"key t0ken\\\/4711\u002bx.", "key ****."),
        ("Authorization: Basic bWU6dDBrZW4vNDcxMSt4", "Authorization: Basic bWU6****"),
        ("key 74306B656E2F343731312B78.", "key ****."),
    ] {
        let report = judge(&format!("leaks {leak}"));
        let failed: Vec<&str> = report.failures().map(|outcome| outcome.clause).collect();
        assert_eq!(failed, ["no_secret_in_output"], "{report}");
        assert!(report.to_string().contains(shown), "{report}");
    }
}

/// A configuration that is sent back for no reason is shown without what is secret in it.
#[test]
fn a_report_shows_no_secret_of_the_configuration() {
    let report = judge(
        "leaks \"}}\n{\"type\":\"CONTROL\",\"control\":{\"type\":\"CONNECTOR_CONFIG\",\"connectorConfig\":{\"config\":{\"login\":{\"token\":\"t0ken/4711+x\"}}}}}\nHello t0ken/4711+x and {\"a\":{\"b\":\"",
    );
    let text = report.to_string();
    assert!(text.contains("stdout_is_messages                   FAILED"), "{text}");
    assert!(!text.contains("4711"), "{text}");
}

#[test]
#[should_panic(expected = "the connector does not keep to the protocol")]
fn a_rogue_is_refused() {
    judge("usage_on_stderr").assert_conforms();
}

#[test]
fn a_wrong_command_line_may_be_reported_by_a_trace_but_not_by_text_on_stdout() {
    let report = judge("usage_as_trace");
    assert_eq!(report.failures().count(), 0, "{report}");
    let report = judge("usage_on_stdout");
    let failed: Vec<&str> = report.failures().map(|outcome| outcome.clause).collect();
    assert_eq!(failed, ["usage_on_stderr"], "{report}");
}

#[test]
fn only_the_chosen_streams_are_read() {
    let subject = model("tags_never_end").time_limit(Duration::from_secs(10));
    let report = subject.clone().streams(["users"]).check();
    assert_eq!(report.failures().count(), 0, "{report}");
    let report = subject.streams(["people"]).check();
    let failed: Vec<&str> = report.failures().map(|outcome| outcome.clause).collect();
    assert_eq!(failed, ["catalog_streams"], "{report}");
    assert!(report.to_string().contains("no stream people, which is to be read"), "{report}");
}

#[test]
fn a_program_that_says_nothing_is_judged_too() {
    let report = Subject::new("true").check();
    let failed: Vec<&str> = report.failures().map(|outcome| outcome.clause).collect();
    for clause in ["one_spec", "check_succeeds", "one_catalog", "usage_on_stderr"] {
        assert!(failed.contains(&clause), "{report}");
    }
}
