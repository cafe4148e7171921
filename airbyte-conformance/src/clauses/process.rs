//! The program: its lines, its exit codes, its results, and where it may be started.

use super::{Clause, clause};
use crate::names::*;
use crate::runner::MOST_OF_A_RUN;
use crate::runs::{Judged, Kind, Runs, not_applicable, payload};
use serde_json::Value;

pub(super) const CLAUSES: &[Clause] = &[
    // First those that other clauses need, `FOUNDATIONS`, so that a report begins with the cause.
    clause("one_spec", "spec prints one SPEC and nothing ends it early", |runs| {
        one_result(runs, Kind::Spec, "SPEC")
    }),
    clause("check_succeeds", "check accepts a configuration that works", check_succeeds),
    clause("one_catalog", "discover prints one CATALOG", |runs| one_result(runs, Kind::Discover, "CATALOG")),
    clause("plain_reads_succeed", "a read of what discover found goes well", plain_reads_succeed),
    clause("runs_come_to_an_end", "every command ends by itself within the time limit", runs_come_to_an_end),
    clause(
        "output_has_an_end",
        "a run writes no more than 64 MiB: neither without end, nor more than can be judged",
        output_has_an_end,
    ),
    clause(
        "stdout_is_messages",
        "every line of stdout is a JSON object with a type and what that type carries",
        stdout_is_messages,
    ),
    clause(
        "last_line_is_ended",
        "every line of stdout ends with a line feed, the last one too",
        last_line_is_ended,
    ),
    clause("stdout_is_utf8", "every line of stdout is UTF-8", stdout_is_utf8),
    clause(
        "lines_end_with_line_feeds",
        "a line ends with a line feed alone, without a carriage return",
        lines_end_with_line_feeds,
    ),
    clause(
        "logs_have_level_and_message",
        "a LOG has a known level and a message",
        logs_have_level_and_message,
    ),
    clause("failures_are_told", "a run that fails says why in an ERROR trace", failures_are_told),
    clause(
        "exit_code_tells",
        "after an ERROR trace without a result, or a failed stream, the exit code is not 0",
        exit_code_tells,
    ),
    clause("works_in_any_directory", "absolute paths work wherever the program is started", |runs| {
        runs.one(ELSEWHERE)?.must_succeed()
    }),
    clause("relative_paths_are_accepted", "relative paths start at the working directory", |runs| {
        runs.one(RELATIVE)?.must_succeed()
    }),
    clause(
        "usage_on_stderr",
        "a wrong command line is answered on stderr, with exit code 2; stdout has messages or nothing",
        usage_on_stderr,
    ),
    clause("debug_is_accepted", "every command takes --debug", |runs| all_succeed(runs, DEBUG)),
    clause("log_level_is_accepted", "LOG_LEVEL may be set, in any case and to anything", |runs| {
        all_succeed(runs, LOG_LEVEL)
    }),
    clause(
        "ends_when_stdout_closes",
        "a closed stdout ends the program, quietly and not with exit code 0",
        ends_when_stdout_closes,
    ),
    clause("stderr_is_quiet", "nothing is written to stderr when all is well", stderr_is_quiet),
    clause(
        "one_connection_status",
        "check prints one CONNECTION_STATUS, or fails without any",
        one_connection_status,
    ),
    clause("spec_comes_early", "the SPEC is among the first ten messages", spec_comes_early),
    clause("spec_is_deterministic", "spec prints the same each time", spec_is_deterministic),
];

fn stdout_is_messages(runs: &Runs) -> Judged {
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
    for shot in runs.speaking() {
        if let Some(stray) = shot.strays.first() {
            return shot.fails("a line is no message", stray);
        }
        for (line, message) in &shot.messages {
            if !TYPES.iter().any(|name| message["type"] == *name) {
                return shot.fails("a message has an unknown type", line);
            }
            if !payload(message).is_object() {
                return shot.fails("a message lacks what its type carries", line);
            }
        }
    }
    Ok(())
}

fn last_line_is_ended(runs: &Runs) -> Judged {
    match runs.speaking().find(|shot| shot.ended && !shot.stdout.is_empty() && !shot.stdout.ends_with('\n')) {
        Some(shot) => shot.fails("the last line is cut", shot.stdout.lines().last().unwrap_or_default()),
        None => Ok(()),
    }
}

fn stdout_is_utf8(runs: &Runs) -> Judged {
    match runs.speaking().find_map(|shot| Some((shot, shot.not_utf8.as_ref()?))) {
        Some((shot, line)) => shot.fails("a line is not UTF-8, and what is not is lost", line),
        None => Ok(()),
    }
}

fn lines_end_with_line_feeds(runs: &Runs) -> Judged {
    for shot in runs.speaking() {
        if let Some(line) = shot.stdout.split('\n').find(|line| line.ends_with('\r')) {
            return shot.fails("a carriage return before the line feed", line);
        }
    }
    Ok(())
}

fn output_has_an_end(runs: &Runs) -> Judged {
    match runs.shots.iter().find(|shot| shot.is_full) {
        Some(shot) => shot.fails(
            format_args!(
                "it wrote more than {} MiB and was ended; if that is all that there is, choose a configuration or \
                 streams with fewer records",
                MOST_OF_A_RUN >> 20
            ),
            shot.stdout.lines().next().unwrap_or_default(),
        ),
        None => Ok(()),
    }
}

fn logs_have_level_and_message(runs: &Runs) -> Judged {
    const LEVELS: [&str; 6] = ["FATAL", "ERROR", "WARN", "INFO", "DEBUG", "TRACE"];
    let mut seen = false;
    for shot in runs.speaking() {
        for log in shot.all("LOG") {
            seen = true;
            if !LEVELS.iter().any(|level| log["level"] == *level) || !log["message"].is_string() {
                return shot.fails("a LOG without a known level or without a message", log);
            }
        }
    }
    if seen { Ok(()) } else { not_applicable("nothing was logged") }
}

fn failures_are_told(runs: &Runs) -> Judged {
    for shot in runs.speaking().filter(|shot| shot.ended && shot.exit_code != Some(0)) {
        if shot.errors().next().is_none() {
            return shot.fails(
                format_args!("{} and no ERROR trace", shot.end()),
                format!("{}{}", shot.stdout, shot.stderr),
            );
        }
    }
    Ok(())
}

fn exit_code_tells(runs: &Runs) -> Judged {
    for shot in runs.speaking().filter(|shot| shot.exit_code == Some(0) && shot.results() == 0) {
        if let Some(error) = shot.errors().next() {
            return shot.fails("exit code 0 after an ERROR trace", error);
        }
        if let Some((stream, _)) = shot.statuses().find(|(_, status)| *status == "INCOMPLETE") {
            return shot.fails("exit code 0 though a stream is INCOMPLETE", stream);
        }
        if shot.kind != Kind::Read {
            return shot.fails("exit code 0 without a result", &shot.stdout);
        }
    }
    Ok(())
}

fn runs_come_to_an_end(runs: &Runs) -> Judged {
    match runs.shots.iter().find(|shot| !shot.ended && !shot.is_full && shot.kind != Kind::Unheard) {
        Some(shot) => shot.fails("it had to be ended", &shot.stdout),
        None => Ok(()),
    }
}

fn usage_on_stderr(runs: &Runs) -> Judged {
    for shot in runs.kind(Kind::Usage) {
        if shot.exit_code != Some(2) {
            return shot.fails(shot.end(), &shot.stderr);
        }
        if shot.stderr.is_empty() {
            return shot.fails("nothing on stderr", &shot.stdout);
        }
        if let Some(stray) = shot.strays.first() {
            return shot.fails("a line of stdout is no message", stray);
        }
    }
    Ok(())
}

fn all_succeed(runs: &Runs, name: &str) -> Judged {
    for shot in runs.named(name) {
        shot.must_succeed()?;
        if shot.kind != Kind::Read && shot.results() == 0 {
            return shot.fails("no result", &shot.stdout);
        }
    }
    Ok(())
}

fn ends_when_stdout_closes(runs: &Runs) -> Judged {
    let shot = runs.one(UNHEARD)?;
    if !shot.ended || shot.exit_code == Some(0) {
        return shot.fails(shot.end(), &shot.stderr);
    }
    if shot.stderr.contains("panicked at") || shot.stderr.len() > 4096 {
        return shot.fails("it is not quiet on stderr", &shot.stderr);
    }
    Ok(())
}

fn stderr_is_quiet(runs: &Runs) -> Judged {
    match runs.speaking().find(|shot| shot.good && shot.succeeded() && !shot.stderr.is_empty()) {
        Some(shot) => shot.fails("something on stderr", &shot.stderr),
        None => Ok(()),
    }
}

fn check_succeeds(runs: &Runs) -> Judged {
    let Some(shot) = runs.named(CHECK).next() else { return runs.one(CHECK).map(drop) };
    let status = shot.all("CONNECTION_STATUS").next();
    if status.is_none_or(|status| status["status"] != "SUCCEEDED") {
        return shot.fails(
            "it does not say SUCCEEDED",
            status.map_or_else(|| shot.stdout.clone(), Value::to_string),
        );
    }
    if shot.succeeded() { Ok(()) } else { shot.failure() }
}

fn one_connection_status(runs: &Runs) -> Judged {
    for shot in runs.kind(Kind::Check) {
        let count = shot.all("CONNECTION_STATUS").count();
        if count > 1 || (count == 0 && shot.good) {
            return shot.fails(format_args!("{count} of CONNECTION_STATUS"), &shot.stdout);
        }
    }
    Ok(())
}

fn one_result(runs: &Runs, kind: Kind, name: &str) -> Judged {
    for shot in runs.kind(kind).filter(|shot| shot.good && shot.name != DEBUG && shot.name != LOG_LEVEL) {
        let count = shot.all(name).count();
        if count != 1 {
            return shot.fails(format_args!("{count} of {name}, {}", shot.end()), &shot.stdout);
        }
        if !shot.succeeded() {
            return shot.failure();
        }
    }
    Ok(())
}

fn spec_comes_early(runs: &Runs) -> Judged {
    for shot in runs.named(SPEC) {
        let place = shot.messages.iter().position(|(_, message)| message["type"] == "SPEC");
        if let Some(place) = place.filter(|place| *place >= 10) {
            return shot.fails(format_args!("{place} messages come before it"), &shot.stdout);
        }
    }
    Ok(())
}

fn spec_is_deterministic(runs: &Runs) -> Judged {
    let specs: Vec<_> = runs
        .named(SPEC)
        .filter_map(|shot| Some((shot, shot.messages.iter().find(|(_, message)| message["type"] == "SPEC")?)))
        .collect();
    match specs.as_slice() {
        [(_, (first, _)), (shot, (second, _))] if first != second => {
            let place = first.chars().zip(second.chars()).take_while(|(a, b)| a == b).count();
            let rest: String = second.chars().skip(place.saturating_sub(40)).collect();
            shot.fails("another spec than before, elsewhere and with DEPLOYMENT_MODE=cloud", rest)
        }
        [_, _] => Ok(()),
        _ => not_applicable("there are not two specs to compare"),
    }
}

fn plain_reads_succeed(runs: &Runs) -> Judged {
    runs.streams()?;
    for name in [FULL_REFRESH, FULL_REFRESH_AGAIN, INCREMENTAL] {
        for shot in runs.named(name) {
            if !shot.succeeded() {
                return shot.failure();
            }
            if shot.all("RECORD").next().is_none() && name == INCREMENTAL {
                return shot.fails("no record at all, which leaves little to judge", &shot.stdout);
            }
        }
    }
    Ok(())
}
