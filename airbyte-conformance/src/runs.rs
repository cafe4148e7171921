//! The captured runs, and queries that several clauses share.

use super::Verdict;
use super::moved::Moved;
use super::record_counts::Varying;
use super::run_names::{CHECK, DISCOVER, FULL_REFRESH, FULL_REFRESH_AGAIN, INCREMENTAL, SPEC};
pub(super) use super::streams::{Key, Stream, at, configured_streams};
use crate::leaks::Leaks;
use serde_json::Value;
use std::fmt::Display;
use std::time::SystemTime;

/// The result of a clause: `Ok` if it passed.
pub(super) type Checked<T = ()> = Result<T, Verdict>;

/// The purpose of a run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    Spec,
    Check,
    Discover,
    Read,
    /// An invalid command line.
    Usage,
    /// A read into a stdout that is closed.
    ClosedStdout,
}

/// One run and its output.
pub(super) struct CapturedRun {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    /// It should succeed.
    pub(super) good: bool,
    /// It exited before it was killed.
    pub(super) ended: bool,
    pub(super) exit_code: Option<i32>,
    pub(super) catalog: Option<Value>,
    pub(super) began: SystemTime,
    pub(super) stdout: String,
    pub(super) stderr: String,
    /// The first line of stdout that is not UTF-8, converted lossily.
    pub(super) not_utf8: Option<String>,
    /// It exceeded the limit of output and was killed.
    pub(super) is_full: bool,
    /// The clause that failed for the run on which this one builds, if this one failed as well.
    pub(super) cause: Option<&'static str>,
    /// The lines of stdout that are messages, as text and as JSON.
    pub(super) messages: Vec<(String, Value)>,
    /// The lines of stdout that are not.
    pub(super) other_lines: Vec<String>,
}

impl CapturedRun {
    pub(super) fn new(stdout: Vec<u8>, stderr: Vec<u8>) -> Self {
        let not_utf8 = stdout.split(|byte| *byte == b'\n').find(|line| std::str::from_utf8(line).is_err());
        let not_utf8 = not_utf8.map(|line| String::from_utf8_lossy(line).into_owned());
        let text = |bytes| match String::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
        };
        let (stdout, stderr) = (text(stdout), text(stderr));
        let (mut messages, mut other_lines) = (Vec::new(), Vec::new());
        for line in stdout.lines() {
            match serde_json::from_str::<Value>(line) {
                Ok(message) if message["type"].is_string() => messages.push((line.to_owned(), message)),
                _ => other_lines.push(line.to_owned()),
            }
        }
        Self {
            name: "",
            kind: Kind::Usage,
            good: false,
            ended: false,
            exit_code: None,
            catalog: None,
            began: SystemTime::UNIX_EPOCH,
            stdout,
            stderr,
            not_utf8,
            is_full: false,
            cause: None,
            messages,
            other_lines,
        }
    }

    /// Returns the payloads of all messages of a type.
    pub(super) fn all<'a>(&'a self, message_type: &'a str) -> impl Iterator<Item = &'a Value> {
        self.messages
            .iter()
            .filter(move |(_, message)| message["type"] == message_type)
            .map(|(_, message)| payload(message))
    }

    pub(super) fn errors(&self) -> impl Iterator<Item = &Value> {
        self.all("TRACE").filter(|trace| trace["type"] == "ERROR").map(|trace| &trace["error"])
    }

    /// Returns the stream and the status of each STREAM_STATUS.
    pub(super) fn statuses(&self) -> impl Iterator<Item = (Key, &str)> {
        let statuses = self.all("TRACE").filter(|trace| trace["type"] == "STREAM_STATUS");
        statuses.map(|trace| &trace["stream_status"]).map(|status| {
            (Key::of(&status["stream_descriptor"]), status["status"].as_str().unwrap_or_default())
        })
    }

    /// Returns the stream and the data of each record.
    pub(super) fn records(&self) -> Vec<(Key, String)> {
        self.all("RECORD").map(|record| (Key::of_record(record), record["data"].to_string())).collect()
    }

    pub(super) fn records_of(&self, stream: &Key) -> Vec<String> {
        self.records().into_iter().filter(|(key, _)| key == stream).map(|(_, data)| data).collect()
    }

    pub(super) fn succeeded(&self) -> bool {
        self.exit_code == Some(0) && self.errors().next().is_none()
    }

    /// Returns the streams of its configured catalog.
    pub(super) fn configured(&self) -> Vec<Key> {
        self.catalog.as_ref().map(configured_streams).unwrap_or_default()
    }

    /// Describes how it ended.
    pub(super) fn end(&self) -> String {
        match self.exit_code {
            _ if self.is_full => "it wrote too much and was killed".to_owned(),
            _ if !self.ended => "it was killed at the time limit".to_owned(),
            None => "terminated by a signal".to_owned(),
            Some(code) => format!("exit code {code}"),
        }
    }

    /// Fails, with the name of the run and the evidence.
    pub(super) fn fails<T>(&self, why: impl Display, evidence: impl Display) -> Checked<T> {
        fails(format!("{}: {why}", self.name), evidence)
    }

    /// Returns how often the command printed its result; 0 for a read, which has no single result.
    pub(super) fn results(&self) -> usize {
        let name = match self.kind {
            Kind::Spec => "SPEC",
            Kind::Check => "CONNECTION_STATUS",
            Kind::Discover => "CATALOG",
            Kind::Read | Kind::Usage | Kind::ClosedStdout => return 0,
        };
        self.all(name).count()
    }

    /// Returns whether the command failed.
    fn has_failed(&self) -> bool {
        let is_rejected =
            || self.good && self.all("CONNECTION_STATUS").any(|status| status["status"] != "SUCCEEDED");
        !self.succeeded() || is_rejected() || (self.kind != Kind::Read && self.results() == 0)
    }

    /// Fails with how the run ended.
    pub(super) fn failure(&self) -> Checked {
        self.fails(self.end(), self.errors().next().map_or_else(|| self.stderr.clone(), Value::to_string))
    }

    /// Ends a clause if the run failed for a reason that another clause reports.
    pub(super) fn can_be_checked(&self) -> Checked {
        match self.cause {
            Some(cause) => not_applicable(format_args!("not checked, because `{cause}` failed")),
            None => Ok(()),
        }
    }

    /// Fails unless the run succeeded.
    pub(super) fn must_succeed(&self) -> Checked {
        if self.succeeded() {
            return Ok(());
        }
        self.can_be_checked()?;
        self.failure()
    }

    /// Fails unless the run failed with an ERROR trace.
    pub(super) fn must_fail(&self) -> Checked {
        if self.exit_code == Some(0) || self.errors().next().is_none() {
            self.can_be_checked()?;
            return self.fails(format!("no failure with an ERROR trace, but {}", self.end()), &self.stdout);
        }
        Ok(())
    }
}

/// Returns the payload of a message.
pub(super) fn payload(message: &Value) -> &Value {
    match message["type"].as_str() {
        Some("CONNECTION_STATUS") => &message["connectionStatus"],
        Some(name) => &message[name.to_lowercase()],
        None => &Value::Null,
    }
}

/// Fails, with evidence that [`shown`] blanks and shortens.
pub(super) fn fails<T>(why: impl Display, evidence: impl Display) -> Checked<T> {
    let evidence = evidence.to_string();
    let seen: String = evidence.trim().chars().take(FAR_MORE_THAN_SHOWN).collect();
    Err(Verdict::Failed(if seen.is_empty() { why.to_string() } else { format!("{why}{SEEN}{seen}") }))
}

const SEEN: &str = "\n    evidence: ";
const SHOWN: usize = 300;
const FAR_MORE_THAN_SHOWN: usize = 64 * 1024;

/// Returns a failure as a report shows it: without secrets, then shortened. The other way round, half of a secret could
/// remain.
pub(super) fn shown(what: &str, leaks: &Leaks) -> String {
    let mut shown = leaks.blank(what).into_owned();
    let evidence = shown.find(SEEN).map_or(shown.len(), |start| start + SEEN.len());
    if let Some((end, _)) = shown[evidence..].char_indices().nth(SHOWN) {
        shown.truncate(evidence + end);
        shown.push('…');
    }
    shown
}

pub(super) fn not_applicable<T>(why: impl Display) -> Checked<T> {
    Err(Verdict::NotApplicable(why.to_string()))
}

/// The plainest runs of each command, and the clause that fails if one of them does. These clauses come first in a report.
const FOUNDATIONS: [(&[&str], &str); 4] = [
    (&[SPEC], "one_spec"),
    (&[CHECK], "check_succeeds"),
    (&[DISCOVER], "one_catalog"),
    (&[FULL_REFRESH, FULL_REFRESH_AGAIN, INCREMENTAL], "plain_reads_succeed"),
];

/// All captured runs, and what was found out about them.
#[derive(Default)]
pub(super) struct Runs {
    pub(super) captured_runs: Vec<CapturedRun>,
    pub(super) streams: Vec<Stream>,
    /// The names of the streams to read, if not all.
    pub(super) wanted: Vec<String>,
    /// Secrets that must not appear in any message.
    pub(super) secrets: Vec<String>,
    /// Secrets that may be ordinary words: messages with data may contain them.
    pub(super) words: Vec<String>,
    /// Other values that reports must not show.
    pub(super) confidential: Vec<String>,
    /// Fields that are not secret although they are named like credentials.
    pub(super) not_secret: Vec<String>,
    /// The fields that were made invalid, each with the run that must report it.
    pub(super) invalid_fields: Vec<InvalidField>,
    pub(super) resumed: Vec<Resumed>,
    /// The states far in the future that streams were read with.
    pub(super) ahead: Vec<Moved>,
    /// The states moved back to the first record that streams were read with.
    pub(super) back: Vec<Moved>,
    /// Runs that were skipped, with the reason.
    pub(super) skipped: Vec<(&'static str, String)>,
    pub(super) varying: Varying,
}

/// A configuration field that was removed or given an invalid value.
pub(super) struct InvalidField {
    pub(super) captured: usize,
    pub(super) field: String,
    pub(super) config: Value,
}

/// A read from a state of another read.
pub(super) struct Resumed {
    /// The name of the complete read.
    pub(super) from: &'static str,
    /// The runs before it, each with how many of its messages count.
    pub(super) before: Vec<(usize, usize)>,
    pub(super) captured: usize,
}

impl Runs {
    /// Returns the runs of a connector that printed only this message.
    pub(super) fn of_message(message: &Value) -> Self {
        let (name, kind) =
            if message["type"] == "SPEC" { (SPEC, Kind::Spec) } else { (DISCOVER, Kind::Discover) };
        let streams = message["catalog"]["streams"].as_array().cloned().unwrap_or_default();
        let streams = streams.into_iter().map(|value| Stream { key: Key::of(&value), value });
        let captured =
            CapturedRun { name, kind, ..CapturedRun::new(message.to_string().into_bytes(), Vec::new()) };
        Self { captured_runs: vec![captured], streams: streams.collect(), ..Self::default() }
    }

    /// Returns everything that reports must not show.
    pub(super) fn all_secrets(&self) -> Leaks {
        Leaks::of(self.secrets.iter().chain(&self.words).chain(&self.confidential))
    }

    /// Returns all runs of this name.
    pub(super) fn named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a CapturedRun> {
        self.captured_runs.iter().filter(move |captured| captured.name == name)
    }

    pub(super) fn kind(&self, kind: Kind) -> impl Iterator<Item = &CapturedRun> {
        self.captured_runs.iter().filter(move |captured| captured.kind == kind)
    }

    /// Returns the runs whose stdout must consist of messages.
    pub(super) fn with_messages(&self) -> impl Iterator<Item = &CapturedRun> {
        self.captured_runs
            .iter()
            .filter(|captured| !matches!(captured.kind, Kind::Usage | Kind::ClosedStdout))
    }

    pub(super) fn reads(&self) -> impl Iterator<Item = &CapturedRun> {
        self.kind(Kind::Read)
    }

    /// Marks the failed runs of a command that fails even in its simplest form. Otherwise, one mistake would fail many
    /// unrelated clauses.
    pub(super) fn find_causes(&mut self) {
        for (names, cause) in FOUNDATIONS {
            let failed = |captured: &&CapturedRun| {
                names.contains(&captured.name) && captured.good && captured.has_failed()
            };
            let Some(kind) = self.captured_runs.iter().find(failed).map(|captured| captured.kind) else {
                continue;
            };
            for captured in self
                .captured_runs
                .iter_mut()
                .filter(|captured| captured.kind == kind && captured.has_failed())
            {
                captured.cause = Some(cause);
            }
        }
    }

    /// Returns the first run of this name.
    pub(super) fn one(&self, name: &str) -> Checked<&CapturedRun> {
        match self.captured_runs.iter().find(|captured| captured.name == name) {
            Some(captured) if captured.good => captured.can_be_checked().map(|()| captured),
            Some(captured) => Ok(captured),
            None => {
                let why = self.skipped.iter().find(|(skipped, _)| *skipped == name);
                not_applicable(
                    why.map_or_else(|| format!("there was no run `{name}`"), |(_, why)| why.clone()),
                )
            }
        }
    }

    /// Returns the spec.
    pub(super) fn spec(&self) -> Checked<&Value> {
        match self.kind(Kind::Spec).find_map(|captured| captured.all("SPEC").next()) {
            Some(spec) => Ok(spec),
            None => not_applicable("there is no SPEC"),
        }
    }

    pub(super) fn streams(&self) -> Checked<&[Stream]> {
        if self.streams.is_empty() {
            not_applicable("discover returned no stream")
        } else {
            Ok(&self.streams)
        }
    }

    pub(super) fn stream(&self, key: &Key) -> Option<&Stream> {
        self.streams.iter().find(|stream| stream.key == *key)
    }
}
