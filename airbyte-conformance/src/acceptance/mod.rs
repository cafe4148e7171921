//! Airbyte's acceptance tests, as a connector's `acceptance-test-config.yml` lists them.

mod entries;
mod expectations;
mod file;
mod records;
mod report;

use self::entries::Inputs;
use self::file::File;
use self::report::Line;
use super::names::SPEC;
use super::plan::Plan;
use super::{Subject, Verdict};
use serde_json::Value;
use std::collections::HashMap;
use std::path::PathBuf;

pub use self::report::AcceptanceReport;

/// Airbyte's acceptance tests for a connector: what its `acceptance-test-config.yml` lists, and the whole conformance suite
/// with the configurations named there.
///
/// The sections `spec`, `connection`, `discovery`, `basic_read`, `full_refresh` and `incremental` are tested, the last one
/// by resuming from the states of the read and from the `future_state`. The suite is run with the first configuration under
/// `connection` for each `status`: one with `exception` is taken for one under which the service cannot be reached. If the
/// first `basic_read` names a catalog, the suite reads no other streams than those in it.
///
/// ```no_run
/// use airbyte_conformance::{Acceptance, Subject};
///
/// Acceptance::new(Subject::image("airbyte/source-days:0.1.0"), "connectors/source-days").run().assert_passed();
/// ```
#[derive(Clone, Debug)]
pub struct Acceptance {
    subject: Subject,
    folder: PathBuf,
    configs: HashMap<String, Value>,
}

impl Acceptance {
    /// The tests of the connector whose file is in this folder. Configurations of the subject count for nothing here.
    pub fn new(subject: Subject, folder: impl Into<PathBuf>) -> Self {
        Self { subject, folder: folder.into(), configs: HashMap::new() }
    }

    /// What to take for the configuration at this path, as it stands under `config_path`, instead of reading the file. For
    /// configurations that are made anew for each run.
    #[must_use]
    pub fn config(mut self, path: impl Into<String>, config: Value) -> Self {
        self.configs.insert(path.into(), config);
        self
    }

    /// Runs the connector many times and judges what came out. What is wrong with the file is told in the report as well.
    ///
    /// # Panics
    ///
    /// If input files for the connector cannot be written.
    pub fn run(&self) -> AcceptanceReport {
        let Subject { launcher, arguments, time_limit, .. } = &self.subject;
        if let Some(obstacle) = launcher.obstacle(arguments, *time_limit) {
            return self.report(vec![Line::obstacle(obstacle)]);
        }
        let file = File::read(&self.folder);
        let mut lines: Vec<Line> = file.mistakes.iter().map(|mistake| Line::mistake(mistake)).collect();
        let folder =
            file.base_path.as_ref().map_or_else(|| self.folder.clone(), |base| self.folder.join(base));
        let mut subject = self.subject.clone();
        subject.environment.extend(file.environment.iter().cloned());
        let inputs = Inputs { folder: &folder, configs: &self.configs, spec: spec(&subject) };
        for section in &file.sections {
            lines.extend(section.bypass_reasons.iter().map(|reason| Line::bypassed(section.kind, reason)));
            lines.extend(section.entries.iter().map(|entry| inputs.judge(&subject, section.kind, entry)));
        }
        if !file.sections.is_empty() {
            lines.push(all_else(&subject, &inputs, &file));
        }
        self.report(lines)
    }

    fn report(&self, lines: Vec<Line>) -> AcceptanceReport {
        let Subject { launcher, arguments, .. } = &self.subject;
        let arguments = arguments.iter().map(|argument| format!(" {}", argument.display()));
        let subject = format!("{launcher}{}", arguments.collect::<String>());
        AcceptanceReport { subject, folder: self.folder.clone(), lines }
    }
}

/// The `connectionSpecification`, which says what is secret.
fn spec(subject: &Subject) -> Value {
    let mut plan = Plan::new(subject);
    plan.spec();
    plan.result(SPEC, "SPEC")["connectionSpecification"].take()
}

/// The conformance suite.
fn all_else(subject: &Subject, inputs: &Inputs<'_>, file: &File) -> Line {
    let config = |status: &str| {
        let mut entries = file.entries("connection");
        let entry = entries.find(|entry| entry["status"].as_str().unwrap_or("succeed") == status)?;
        inputs.config(entry).ok()
    };
    let mut line = Line::new("conformance", "all else that the protocol asks for");
    let Some(good) = config("succeed") else {
        line.skipped = Some("it needs a configuration under `connection` that succeeds".to_owned());
        return line;
    };
    let mut subject = subject.clone().config(good);
    subject.invalid_config = config("failed");
    subject.unreachable_config = config("exception");
    let catalog = file.entries("basic_read").next().and_then(|entry| inputs.catalog(entry).ok().flatten());
    if let Some(catalog) = catalog {
        let streams = catalog["streams"].as_array().into_iter().flatten();
        let names = streams.filter_map(|configured| configured["stream"]["name"].as_str());
        subject = subject.streams(names);
    }
    let report = subject.check();
    let count = |wanted: fn(&Verdict) -> bool| {
        report.outcomes().iter().filter(|outcome| wanted(&outcome.verdict)).count()
    };
    line.facts.push(format!("{} clauses", count(|verdict| *verdict == Verdict::Passed)));
    let left = count(|verdict| matches!(verdict, Verdict::NotApplicable(_)));
    if left > 0 {
        line.facts.push(format!("{left} not applicable"));
    }
    line.take(report.outcomes());
    line
}
