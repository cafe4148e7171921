//! Clauses about the program: its output, exit codes, results and working directory.

use super::{Clause, clause};
use crate::run_names::*;
use crate::runner::MOST_OF_A_RUN;
use crate::runs::{Checked, Kind, Runs, not_applicable, payload};
use serde_json::Value;

pub(super) const CLAUSES: &[Clause] = &[
    // The clauses of `FOUNDATIONS` come first, so a report begins with the cause.
    clause("one_spec", "spec prints one SPEC and succeeds", |runs| one_result(runs, Kind::Spec, "SPEC")),
    clause("check_succeeds", "check accepts a valid configuration", check_succeeds),
    clause("one_catalog", "discover prints one CATALOG", |runs| one_result(runs, Kind::Discover, "CATALOG")),
    clause("plain_reads_succeed", "a read of the streams in the catalog succeeds", plain_reads_succeed),
    clause("runs_end", "every command exits within the time limit", runs_end),
    clause("output_is_limited", "a run writes no more than 64 MiB", output_is_limited),
    clause(
        "stdout_is_messages",
        "every line of stdout is a JSON object with a known type and its payload",
        stdout_is_messages,
    ),
    clause(
        "last_line_is_ended",
        "every line of stdout ends with a line feed, including the last one",
        last_line_is_ended,
    ),
    clause("stdout_is_utf8", "every line of stdout is UTF-8", stdout_is_utf8),
    clause(
        "lines_end_with_line_feeds",
        "lines end with a line feed without a carriage return",
        lines_end_with_line_feeds,
    ),
    clause(
        "logs_have_level_and_message",
        "a LOG has a known level and a message",
        logs_have_level_and_message,
    ),
    clause("failures_are_reported", "a failed run sends an ERROR trace", failures_are_reported),
    clause(
        "exit_code_shows_failure",
        "the exit code is not 0 after a failed stream, or after an ERROR trace without a result",
        exit_code_shows_failure,
    ),
    clause("works_in_any_directory", "absolute paths work in any working directory", |runs| {
        runs.one(ELSEWHERE)?.must_succeed()
    }),
    clause("relative_paths_are_accepted", "relative paths are resolved in the working directory", |runs| {
        runs.one(RELATIVE)?.must_succeed()
    }),
    clause(
        "usage_on_stderr",
        "an invalid command line is reported on stderr, with exit code 2; stdout has messages or nothing",
        usage_on_stderr,
    ),
    clause("debug_is_accepted", "every command accepts --debug", |runs| all_succeed(runs, DEBUG)),
    clause("log_level_is_accepted", "LOG_LEVEL may have any value, in any case", |runs| {
        all_succeed(runs, LOG_LEVEL)
    }),
    clause(
        "ends_when_stdout_closes",
        "a closed stdout ends the program without a panic message and with an exit code other than 0",
        ends_when_stdout_closes,
    ),
    clause("stderr_is_quiet", "a successful run writes nothing to stderr", stderr_is_quiet),
    clause(
        "one_connection_status",
        "check prints one CONNECTION_STATUS, or fails without one",
        one_connection_status,
    ),
    clause("spec_comes_early", "the SPEC is one of the first ten messages", spec_comes_early),
    clause("spec_is_deterministic", "spec prints the same SPEC each time", spec_is_deterministic),
];

fn stdout_is_messages(runs: &Runs) -> Checked {
    const TYPES: [&str; 9] = [
        "RECORD",
        "STATE",
        "LOG",
        "SPEC",
        "CONNECTION_STATUS",
        "CATALOG",
        "TRACE",
        "CONTROL",
        "DESTINATION_CATALOG",
    ];
    for captured in runs.with_messages() {
        if let Some(line) = captured.other_lines.first() {
            return captured.fails("a line is not a message", line);
        }
        for (line, message) in &captured.messages {
            if !TYPES.iter().any(|name| message["type"] == *name) {
                return captured.fails("a message has an unknown type", line);
            }
            if !payload(message).is_object() {
                return captured.fails("a message lacks the payload of its type", line);
            }
        }
    }
    Ok(())
}

fn last_line_is_ended(runs: &Runs) -> Checked {
    match runs
        .with_messages()
        .find(|captured| captured.ended && !captured.stdout.is_empty() && !captured.stdout.ends_with('\n'))
    {
        Some(captured) => captured
            .fails("the last line has no line feed", captured.stdout.lines().last().unwrap_or_default()),
        None => Ok(()),
    }
}

fn stdout_is_utf8(runs: &Runs) -> Checked {
    match runs.with_messages().find_map(|captured| Some((captured, captured.not_utf8.as_ref()?))) {
        Some((captured, line)) => captured.fails("a line is not UTF-8", line),
        None => Ok(()),
    }
}

fn lines_end_with_line_feeds(runs: &Runs) -> Checked {
    for captured in runs.with_messages() {
        if let Some(line) = captured.stdout.split('\n').find(|line| line.ends_with('\r')) {
            return captured.fails("a carriage return before the line feed", line);
        }
    }
    Ok(())
}

fn output_is_limited(runs: &Runs) -> Checked {
    match runs.captured_runs.iter().find(|captured| captured.is_full) {
        Some(captured) => captured.fails(
            format_args!(
                "it wrote more than {} MiB and was killed; if the output is finite, choose a configuration or streams \
                 with fewer records",
                MOST_OF_A_RUN >> 20
            ),
            captured.stdout.lines().next().unwrap_or_default(),
        ),
        None => Ok(()),
    }
}

fn logs_have_level_and_message(runs: &Runs) -> Checked {
    const LEVELS: [&str; 6] = ["FATAL", "ERROR", "WARN", "INFO", "DEBUG", "TRACE"];
    let mut seen = false;
    for captured in runs.with_messages() {
        for log in captured.all("LOG") {
            seen = true;
            if !LEVELS.iter().any(|level| log["level"] == *level) || !log["message"].is_string() {
                return captured.fails("a LOG without a known level or without a message", log);
            }
        }
    }
    if seen { Ok(()) } else { not_applicable("no LOG was sent") }
}

fn failures_are_reported(runs: &Runs) -> Checked {
    for captured in runs.with_messages().filter(|captured| captured.ended && captured.exit_code != Some(0)) {
        if captured.errors().next().is_none() {
            return captured.fails(
                format_args!("{} without an ERROR trace", captured.end()),
                format!("{}{}", captured.stdout, captured.stderr),
            );
        }
    }
    Ok(())
}

fn exit_code_shows_failure(runs: &Runs) -> Checked {
    for captured in
        runs.with_messages().filter(|captured| captured.exit_code == Some(0) && captured.results() == 0)
    {
        if let Some(error) = captured.errors().next() {
            return captured.fails("exit code 0 after an ERROR trace", error);
        }
        if let Some((stream, _)) = captured.statuses().find(|(_, status)| *status == "INCOMPLETE") {
            return captured.fails("exit code 0 although a stream is INCOMPLETE", stream);
        }
        if captured.kind != Kind::Read {
            return captured.fails("exit code 0 without a result", &captured.stdout);
        }
    }
    Ok(())
}

fn runs_end(runs: &Runs) -> Checked {
    match runs
        .captured_runs
        .iter()
        .find(|captured| !captured.ended && !captured.is_full && captured.kind != Kind::ClosedStdout)
    {
        Some(captured) => captured.fails("it was killed at the time limit", &captured.stdout),
        None => Ok(()),
    }
}

fn usage_on_stderr(runs: &Runs) -> Checked {
    for captured in runs.kind(Kind::Usage) {
        if captured.exit_code != Some(2) {
            return captured.fails(captured.end(), &captured.stderr);
        }
        if captured.stderr.is_empty() {
            return captured.fails("nothing on stderr", &captured.stdout);
        }
        if let Some(line) = captured.other_lines.first() {
            return captured.fails("a line of stdout is not a message", line);
        }
    }
    Ok(())
}

fn all_succeed(runs: &Runs, name: &str) -> Checked {
    for captured in runs.named(name) {
        captured.must_succeed()?;
        if captured.kind != Kind::Read && captured.results() == 0 {
            return captured.fails("no result", &captured.stdout);
        }
    }
    Ok(())
}

fn ends_when_stdout_closes(runs: &Runs) -> Checked {
    let captured = runs.one(CLOSED_STDOUT)?;
    if !captured.ended || captured.exit_code == Some(0) {
        return captured.fails(captured.end(), &captured.stderr);
    }
    if captured.stderr.contains("panicked at") || captured.stderr.len() > 4096 {
        return captured.fails("it wrote a panic message or too much to stderr", &captured.stderr);
    }
    Ok(())
}

fn stderr_is_quiet(runs: &Runs) -> Checked {
    match runs
        .with_messages()
        .find(|captured| captured.good && captured.succeeded() && !captured.stderr.is_empty())
    {
        Some(captured) => captured.fails("output on stderr", &captured.stderr),
        None => Ok(()),
    }
}

fn check_succeeds(runs: &Runs) -> Checked {
    let Some(captured) = runs.named(CHECK).next() else { return runs.one(CHECK).map(drop) };
    let status = captured.all("CONNECTION_STATUS").next();
    if status.is_none_or(|status| status["status"] != "SUCCEEDED") {
        return captured.fails(
            "the status is not SUCCEEDED",
            status.map_or_else(|| captured.stdout.clone(), Value::to_string),
        );
    }
    if captured.succeeded() { Ok(()) } else { captured.failure() }
}

fn one_connection_status(runs: &Runs) -> Checked {
    for captured in runs.kind(Kind::Check) {
        let count = captured.all("CONNECTION_STATUS").count();
        if count == 0 && captured.good {
            captured.can_be_checked()?;
        }
        if count > 1 || (count == 0 && captured.good) {
            return captured.fails(format_args!("{count} CONNECTION_STATUS messages"), &captured.stdout);
        }
    }
    Ok(())
}

fn one_result(runs: &Runs, kind: Kind, name: &str) -> Checked {
    for captured in runs
        .kind(kind)
        .filter(|captured| captured.good && captured.name != DEBUG && captured.name != LOG_LEVEL)
    {
        let count = captured.all(name).count();
        if count != 1 {
            return captured
                .fails(format_args!("{count} {name} messages, {}", captured.end()), &captured.stdout);
        }
        if !captured.succeeded() {
            return captured.failure();
        }
    }
    Ok(())
}

fn spec_comes_early(runs: &Runs) -> Checked {
    for captured in runs.named(SPEC) {
        let place = captured.messages.iter().position(|(_, message)| message["type"] == "SPEC");
        if let Some(place) = place.filter(|place| *place >= 10) {
            return captured.fails(format_args!("{place} messages before the SPEC"), &captured.stdout);
        }
    }
    Ok(())
}

fn spec_is_deterministic(runs: &Runs) -> Checked {
    let specs: Vec<_> = runs
        .named(SPEC)
        .filter_map(|captured| {
            Some((captured, captured.messages.iter().find(|(_, message)| message["type"] == "SPEC")?))
        })
        .collect();
    match specs.as_slice() {
        [(_, (first, _)), (captured, (second, _))] if first != second => {
            let place = first.chars().zip(second.chars()).take_while(|(a, b)| a == b).count();
            let rest: String = second.chars().skip(place.saturating_sub(40)).collect();
            captured.fails("a different spec in another directory with DEPLOYMENT_MODE=cloud", rest)
        }
        [_, _] => Ok(()),
        _ => not_applicable("no two specs to compare"),
    }
}

fn plain_reads_succeed(runs: &Runs) -> Checked {
    runs.streams()?;
    for name in [FULL_REFRESH, FULL_REFRESH_AGAIN, INCREMENTAL] {
        for captured in runs.named(name) {
            if !captured.succeeded() {
                return captured.failure();
            }
            if captured.all("RECORD").next().is_none() && name == INCREMENTAL {
                return captured.fails("no records, so most clauses have nothing to check", &captured.stdout);
            }
        }
    }
    Ok(())
}
