//! What was captured, and questions about it that several clauses ask.

use super::Verdict;
use super::bags::Varying;
use super::moved::Moved;
use super::names::{CHECK, DISCOVER, FULL_REFRESH, FULL_REFRESH_AGAIN, INCREMENTAL, SPEC};
use crate::leaks::Leaks;
use serde_json::Value;
use std::fmt::Display;
use std::time::SystemTime;

/// What a clause comes to: `Ok` if it passed.
pub(super) type Judged<T = ()> = Result<T, Verdict>;

/// What a run was started for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    Spec,
    Check,
    Discover,
    Read,
    /// A wrong command line.
    Usage,
    /// A read that nobody listens to.
    Unheard,
}

/// One run and everything it wrote.
pub(super) struct Shot {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    /// It should have gone well.
    pub(super) good: bool,
    /// It ended by itself.
    pub(super) ended: bool,
    pub(super) exit_code: Option<i32>,
    pub(super) catalog: Option<Value>,
    pub(super) began: SystemTime,
    pub(super) stdout: String,
    pub(super) stderr: String,
    /// The first line of stdout that is not UTF-8, with what is not replaced.
    pub(super) not_utf8: Option<String>,
    /// It wrote more than there is room for.
    pub(super) is_full: bool,
    /// The clause that failed for the run on which this one builds, if this one failed as well.
    pub(super) cause: Option<&'static str>,
    /// The lines that are messages, as text and as JSON.
    pub(super) messages: Vec<(String, Value)>,
    /// Those that are not.
    pub(super) strays: Vec<String>,
}

impl Shot {
    pub(super) fn new(stdout: Vec<u8>, stderr: Vec<u8>) -> Self {
        let not_utf8 = stdout.split(|byte| *byte == b'\n').find(|line| std::str::from_utf8(line).is_err());
        let not_utf8 = not_utf8.map(|line| String::from_utf8_lossy(line).into_owned());
        let text = |bytes| match String::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
        };
        let (stdout, stderr) = (text(stdout), text(stderr));
        let (mut messages, mut strays) = (Vec::new(), Vec::new());
        for line in stdout.lines() {
            match serde_json::from_str::<Value>(line) {
                Ok(message) if message["type"].is_string() => messages.push((line.to_owned(), message)),
                _ => strays.push(line.to_owned()),
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
            strays,
        }
    }

    /// The payloads of all messages of a type.
    pub(super) fn all<'a>(&'a self, message_type: &'a str) -> impl Iterator<Item = &'a Value> {
        self.messages
            .iter()
            .filter(move |(_, message)| message["type"] == message_type)
            .map(|(_, message)| payload(message))
    }

    pub(super) fn errors(&self) -> impl Iterator<Item = &Value> {
        self.all("TRACE").filter(|trace| trace["type"] == "ERROR").map(|trace| &trace["error"])
    }

    /// Stream and status of each status.
    pub(super) fn statuses(&self) -> impl Iterator<Item = (Key, &str)> {
        let statuses = self.all("TRACE").filter(|trace| trace["type"] == "STREAM_STATUS");
        statuses.map(|trace| &trace["stream_status"]).map(|status| {
            (Key::of(&status["stream_descriptor"]), status["status"].as_str().unwrap_or_default())
        })
    }

    /// The data of the records, with the stream, as text.
    pub(super) fn records(&self) -> Vec<(Key, String)> {
        self.all("RECORD").map(|record| (Key::of_record(record), record["data"].to_string())).collect()
    }

    pub(super) fn records_of(&self, stream: &Key) -> Vec<String> {
        self.records().into_iter().filter(|(key, _)| key == stream).map(|(_, data)| data).collect()
    }

    pub(super) fn succeeded(&self) -> bool {
        self.exit_code == Some(0) && self.errors().next().is_none()
    }

    /// The streams it was to read.
    pub(super) fn configured(&self) -> Vec<Key> {
        self.catalog.as_ref().map(configured_streams).unwrap_or_default()
    }

    /// How it ended, in words.
    pub(super) fn end(&self) -> String {
        match self.exit_code {
            _ if self.is_full => "it wrote too much and was ended".to_owned(),
            _ if !self.ended => "it did not end".to_owned(),
            None => "a signal ended it".to_owned(),
            Some(code) => format!("exit code {code}"),
        }
    }

    /// Not what should be, with what shows it.
    pub(super) fn fails<T>(&self, why: impl Display, evidence: impl Display) -> Judged<T> {
        fails(format!("{}: {why}", self.name), evidence)
    }

    /// How many times the message was printed that the command is for; 0 for a read, which is for no single message.
    pub(super) fn results(&self) -> usize {
        let name = match self.kind {
            Kind::Spec => "SPEC",
            Kind::Check => "CONNECTION_STATUS",
            Kind::Discover => "CATALOG",
            Kind::Read | Kind::Usage | Kind::Unheard => return 0,
        };
        self.all(name).count()
    }

    /// Whether the run did not do what the command is for.
    fn has_failed(&self) -> bool {
        let is_rejected =
            || self.good && self.all("CONNECTION_STATUS").any(|status| status["status"] != "SUCCEEDED");
        !self.succeeded() || is_rejected() || (self.kind != Kind::Read && self.results() == 0)
    }

    /// Fails with how the run ended.
    pub(super) fn failure(&self) -> Judged {
        self.fails(self.end(), self.errors().next().map_or_else(|| self.stderr.clone(), Value::to_string))
    }

    /// Stops a clause if the run failed for a reason that another clause reports.
    pub(super) fn can_be_judged(&self) -> Judged {
        match self.cause {
            Some(cause) => not_applicable(format_args!("not judged, because `{cause}` failed")),
            None => Ok(()),
        }
    }

    /// Fails unless the run succeeded.
    pub(super) fn must_succeed(&self) -> Judged {
        if self.succeeded() {
            return Ok(());
        }
        self.can_be_judged()?;
        self.failure()
    }

    /// Fails unless the run failed with an ERROR trace.
    pub(super) fn must_fail(&self) -> Judged {
        if self.exit_code == Some(0) || self.errors().next().is_none() {
            self.can_be_judged()?;
            return self.fails(format!("no failure with an ERROR trace, but {}", self.end()), &self.stdout);
        }
        Ok(())
    }
}

/// What a message carries.
pub(super) fn payload(message: &Value) -> &Value {
    match message["type"].as_str() {
        Some("CONNECTION_STATUS") => &message["connectionStatus"],
        Some(name) => &message[name.to_lowercase()],
        None => &Value::Null,
    }
}

/// A verdict with its evidence, which [`shown`] makes fit to be seen.
pub(super) fn fails<T>(why: impl Display, evidence: impl Display) -> Judged<T> {
    let evidence = evidence.to_string();
    let seen: String = evidence.trim().chars().take(FAR_MORE_THAN_SHOWN).collect();
    Err(Verdict::Failed(if seen.is_empty() { why.to_string() } else { format!("{why}{SEEN}{seen}") }))
}

const SEEN: &str = "\n    seen: ";
const SHOWN: usize = 300;
const FAR_MORE_THAN_SHOWN: usize = 64 * 1024;

/// What was wrong, as a report shows it: without secrets, and then cut to what a reader can take in. If it were cut first,
/// half a secret could be left.
pub(super) fn shown(what: &str, leaks: &Leaks) -> String {
    let mut shown = leaks.blank(what).into_owned();
    let evidence = shown.find(SEEN).map_or(shown.len(), |start| start + SEEN.len());
    if let Some((end, _)) = shown[evidence..].char_indices().nth(SHOWN) {
        shown.truncate(evidence + end);
        shown.push('…');
    }
    shown
}

pub(super) fn not_applicable<T>(why: impl Display) -> Judged<T> {
    Err(Verdict::NotApplicable(why.to_string()))
}

/// A stream: name and namespace. No namespace and an empty one are the same.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub(super) struct Key {
    name: String,
    namespace: String,
}

impl Key {
    /// From a stream or a descriptor.
    pub(super) fn of(descriptor: &Value) -> Self {
        let text = |key: &str| descriptor[key].as_str().unwrap_or_default().to_owned();
        Self { name: text("name"), namespace: text("namespace") }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn of_record(record: &Value) -> Self {
        Self { name: record["stream"].as_str().unwrap_or_default().to_owned(), ..Self::of(record) }
    }
}

impl Display for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { name, namespace } = self;
        if namespace.is_empty() { write!(f, "{name}") } else { write!(f, "{namespace}.{name}") }
    }
}

/// A stream of the catalog.
#[derive(Clone)]
pub(super) struct Stream {
    pub(super) key: Key,
    pub(super) value: Value,
}

impl Stream {
    pub(super) fn supports(&self, sync_mode: &str) -> bool {
        self.value["supported_sync_modes"]
            .as_array()
            .is_some_and(|modes| modes.iter().any(|mode| mode == sync_mode))
    }

    pub(super) fn is_resumable(&self) -> bool {
        self.value["is_resumable"] == true
    }

    pub(super) fn cursor(&self) -> Vec<&str> {
        path(&self.value["default_cursor_field"])
    }

    pub(super) fn primary_key(&self) -> Vec<Vec<&str>> {
        self.value["source_defined_primary_key"].as_array().into_iter().flatten().map(path).collect()
    }

    /// The schema of the field at this path.
    pub(super) fn field(&self, path: &[&str]) -> Option<&Value> {
        path.iter().try_fold(&self.value["json_schema"], |schema, name| schema["properties"].get(name))
    }
}

fn path(value: &Value) -> Vec<&str> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

/// The value at this path of a record.
pub(super) fn at<'a>(data: &'a Value, path: &[&str]) -> &'a Value {
    path.iter().fold(data, |value, name| &value[name])
}

/// The streams of a configured catalog.
pub(super) fn configured_streams(catalog: &Value) -> Vec<Key> {
    let streams = catalog["streams"].as_array();
    streams.into_iter().flatten().map(|configured| Key::of(&configured["stream"])).collect()
}

/// The runs on which the others of the same command build, and the clause that fails if one of them does. They come first
/// among the clauses.
const FOUNDATIONS: [(&[&str], &str); 4] = [
    (&[SPEC], "one_spec"),
    (&[CHECK], "check_succeeds"),
    (&[DISCOVER], "one_catalog"),
    (&[FULL_REFRESH, FULL_REFRESH_AGAIN, INCREMENTAL], "plain_reads_succeed"),
];

/// Everything that was captured.
#[derive(Default)]
pub(super) struct Runs {
    pub(super) shots: Vec<Shot>,
    pub(super) streams: Vec<Stream>,
    /// The names of the streams that are to be read, if not all are.
    pub(super) wanted: Vec<String>,
    /// What must be in no message.
    pub(super) secrets: Vec<String>,
    /// What must be in no message but those that carry data, which may have the same words.
    pub(super) words: Vec<String>,
    /// What reports must not show, besides.
    pub(super) confidential: Vec<String>,
    /// Fields that are no secrets although they sound like it.
    pub(super) not_secret: Vec<String>,
    /// The fields of the configuration that were spoilt, each with the run that had to notice.
    pub(super) spoilt: Vec<Spoilt>,
    pub(super) resumed: Vec<Resumed>,
    /// Each stream that was read with a state far ahead.
    pub(super) ahead: Vec<Moved>,
    /// Each stream that was read with a state put back to one of its first records.
    pub(super) back: Vec<Moved>,
    /// Runs that were not made, with the reason.
    pub(super) skipped: Vec<(&'static str, String)>,
    pub(super) varying: Varying,
}

/// A field that was left out or given a wrong value.
pub(super) struct Spoilt {
    pub(super) shot: usize,
    pub(super) field: String,
    pub(super) config: Value,
}

/// A read that began at a state of another one.
pub(super) struct Resumed {
    /// The name of the uncut read, which has all records.
    pub(super) from: &'static str,
    /// The runs before it, each with the place of the state among its messages at which it was cut.
    pub(super) before: Vec<(usize, usize)>,
    pub(super) shot: usize,
}

impl Runs {
    /// Those of a connector that has said this and nothing else.
    pub(super) fn of_message(message: &Value) -> Self {
        let (name, kind) =
            if message["type"] == "SPEC" { (SPEC, Kind::Spec) } else { (DISCOVER, Kind::Discover) };
        let streams = message["catalog"]["streams"].as_array().cloned().unwrap_or_default();
        let streams = streams.into_iter().map(|value| Stream { key: Key::of(&value), value });
        let shot = Shot { name, kind, ..Shot::new(message.to_string().into_bytes(), Vec::new()) };
        Self { shots: vec![shot], streams: streams.collect(), ..Self::default() }
    }

    /// What reports must not show.
    pub(super) fn all_secrets(&self) -> Leaks {
        Leaks::of(self.secrets.iter().chain(&self.words).chain(&self.confidential))
    }

    /// All runs of this name.
    pub(super) fn named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Shot> {
        self.shots.iter().filter(move |shot| shot.name == name)
    }

    pub(super) fn kind(&self, kind: Kind) -> impl Iterator<Item = &Shot> {
        self.shots.iter().filter(move |shot| shot.kind == kind)
    }

    /// Runs whose stdout must hold messages.
    pub(super) fn speaking(&self) -> impl Iterator<Item = &Shot> {
        self.shots.iter().filter(|shot| !matches!(shot.kind, Kind::Usage | Kind::Unheard))
    }

    pub(super) fn reads(&self) -> impl Iterator<Item = &Shot> {
        self.kind(Kind::Read)
    }

    /// Marks the runs that failed because the connector cannot do with a plain configuration what they build on. One mistake
    /// would fail many clauses otherwise, and hardly any of them would name it.
    pub(super) fn find_causes(&mut self) {
        for (names, cause) in FOUNDATIONS {
            let failed = |shot: &&Shot| names.contains(&shot.name) && shot.good && shot.has_failed();
            let Some(kind) = self.shots.iter().find(failed).map(|shot| shot.kind) else { continue };
            for shot in self.shots.iter_mut().filter(|shot| shot.kind == kind && shot.has_failed()) {
                shot.cause = Some(cause);
            }
        }
    }

    /// The first run of this name.
    pub(super) fn one(&self, name: &str) -> Judged<&Shot> {
        match self.shots.iter().find(|shot| shot.name == name) {
            Some(shot) if shot.good => shot.can_be_judged().map(|()| shot),
            Some(shot) => Ok(shot),
            None => {
                let why = self.skipped.iter().find(|(skipped, _)| *skipped == name);
                not_applicable(why.map_or_else(|| format!("there was no {name}"), |(_, why)| why.clone()))
            }
        }
    }

    /// The spec that was printed.
    pub(super) fn spec(&self) -> Judged<&Value> {
        match self.kind(Kind::Spec).find_map(|shot| shot.all("SPEC").next()) {
            Some(spec) => Ok(spec),
            None => not_applicable("there is no SPEC"),
        }
    }

    pub(super) fn streams(&self) -> Judged<&[Stream]> {
        if self.streams.is_empty() { not_applicable("discover gave no stream") } else { Ok(&self.streams) }
    }

    pub(super) fn stream(&self, key: &Key) -> Option<&Stream> {
        self.streams.iter().find(|stream| stream.key == *key)
    }
}
