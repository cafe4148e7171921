//! Airbyte's acceptance tests, as a connector's `acceptance-test-config.yml` lists them.

mod entries;
mod expectations;
mod file;
mod records;
mod report;

use self::entries::Inputs;
use self::file::File;
use self::report::Line;
use super::plan::Plan;
use super::run_names::SPEC;
use super::{Subject, Verdict};
use serde_json::Value;
use std::collections::HashMap;
use std::path::PathBuf;

pub use self::report::AcceptanceReport;

/// Airbyte's acceptance tests for a connector: the entries of its `acceptance-test-config.yml`, and the whole conformance suite
/// with the configurations named there.
///
/// The sections `spec`, `connection`, `discovery`, `basic_read`, `full_refresh` and `incremental` are tested. An `incremental`
/// read is resumed from its states and from the `future_state`. The suite uses the first configuration under `connection` for
/// each `status`; with that of `exception`, the API must be unreachable. If the first `basic_read` names a catalog, the suite
/// reads only the streams in it.
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
    /// Returns the tests in the file in this folder. The configurations of the subject are ignored.
    pub fn new(subject: Subject, folder: impl Into<PathBuf>) -> Self {
        Self { subject, folder: folder.into(), configs: HashMap::new() }
    }

    /// Uses this configuration instead of the file at this `config_path`, for configurations that are generated for each run.
    #[must_use]
    pub fn config(mut self, path: impl Into<String>, config: Value) -> Self {
        self.configs.insert(path.into(), config);
        self
    }

    /// Runs the connector many times and checks its output. Mistakes in the file are part of the report.
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
            lines.extend(section.entries.iter().map(|entry| inputs.check(&subject, section.kind, entry)));
        }
        if !file.sections.is_empty() {
            lines.push(conformance_suite(&subject, &inputs, &file));
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

/// Returns the `connectionSpecification`, which determines what is secret.
fn spec(subject: &Subject) -> Value {
    let mut plan = Plan::new(subject);
    plan.spec();
    plan.result(SPEC, "SPEC")["connectionSpecification"].take()
}

/// Runs the conformance suite.
fn conformance_suite(subject: &Subject, inputs: &Inputs<'_>, file: &File) -> Line {
    let config = |status: &str| {
        let mut entries = file.entries("connection");
        let entry = entries.find(|entry| entry["status"].as_str().unwrap_or("succeed") == status)?;
        inputs.config(entry).ok()
    };
    let mut line = Line::new("conformance", "the other rules of the protocol");
    let Some(good) = config("succeed") else {
        line.skipped =
            Some("it requires a configuration under `connection` with the status `succeed`".to_owned());
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
