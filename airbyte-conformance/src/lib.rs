#![doc = include_str!("../README.md")]

// How a connector is started.
mod folder;
mod launch;
mod output;
mod run;
mod runner;

// Which runs are made.
mod checkpoints;
mod inputs;
mod moved;
mod run_names;
mod plan;

// How they are checked.
mod record_counts;
mod clauses;
mod leaks;
mod runs;
mod secrets;
mod streams;
mod values;

mod acceptance;

pub use self::acceptance::{Acceptance, AcceptanceReport};
use self::launch::Launcher;
pub use self::run::{Connector, Run};
use self::runs::Runs;
use serde_json::{Value, json};
use std::ffi::OsString;
use std::fmt;
use std::path::Path;
use std::time::Duration;

/// A connector to check: its program or image, and its inputs.
#[derive(Clone, Debug)]
pub struct Subject {
    launcher: Launcher,
    arguments: Vec<OsString>,
    config: Value,
    invalid_config: Option<Value>,
    unreachable_config: Option<Value>,
    secrets: Vec<String>,
    not_secret: Vec<String>,
    streams: Option<Vec<String>>,
    time_limit: Duration,
    skips_waits: bool,
    environment: Vec<(String, String)>,
    /// Fields, by the name of their stream, that may differ between two equal reads. Others are detected.
    varying: Vec<(String, String)>,
}

impl Subject {
    /// Checks the program at this path; in an integration test, `env!("CARGO_BIN_EXE_…")`.
    pub fn new(program: impl AsRef<Path>) -> Self {
        Self::launched_by(Launcher::program(program))
    }

    /// Checks the image of this name, which `docker run` starts in the network of the host. This needs Linux. Clauses that
    /// need a local process do not apply.
    pub fn image(image: impl Into<String>) -> Self {
        Self::launched_by(Launcher::image(image))
    }

    pub(crate) fn launched_by(launcher: Launcher) -> Self {
        Self {
            launcher,
            arguments: Vec::new(),
            config: Value::Object(serde_json::Map::new()),
            invalid_config: None,
            unreachable_config: None,
            secrets: Vec::new(),
            not_secret: Vec::new(),
            streams: None,
            time_limit: Duration::from_secs(60),
            skips_waits: false,
            environment: Vec::new(),
            varying: Vec::new(),
        }
    }

    /// Sets the configuration, with which `check` must succeed. The default is an empty object.
    #[must_use]
    pub fn config(mut self, config: Value) -> Self {
        self.config = config;
        self
    }

    /// Sets a configuration that the user would have to correct: `check` must report FAILED.
    #[must_use]
    pub fn invalid_config(mut self, config: Value) -> Self {
        self.invalid_config = Some(config);
        self
    }

    /// Sets a valid configuration with which the API cannot be reached, such as one with a closed port: `check` and `read`
    /// must fail with a `transient_error`.
    #[must_use]
    pub fn unreachable_config(mut self, config: Value) -> Self {
        self.unreachable_config = Some(config);
        self
    }

    /// Adds values that must not appear in the output. Those of fields that the spec marks as secret are included already.
    #[must_use]
    pub fn secrets(mut self, secrets: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.secrets = secrets.into_iter().map(Into::into).collect();
        self
    }

    /// Sets the names of the streams to read, if one of them never ends or changes between reads. The default is all that
    /// `discover` returns. The clauses about the catalog check all streams.
    #[must_use]
    pub fn streams(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.streams = Some(names.into_iter().map(Into::into).collect());
        self
    }

    /// Sets the names of configuration fields that are not secret although they look like credentials. Airbyte's own lint
    /// has no such exception.
    #[must_use]
    pub fn not_secret(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.not_secret = names.into_iter().map(Into::into).collect();
        self
    }

    /// Sets arguments before the command, for a program that is an interpreter.
    #[must_use]
    pub fn arguments(mut self, arguments: impl IntoIterator<Item = impl Into<OsString>>) -> Self {
        self.arguments = arguments.into_iter().map(Into::into).collect();
        self
    }

    /// Sets an environment variable of each run.
    #[must_use]
    pub fn environment(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.environment.push((name.into(), value.into()));
        self
    }

    /// Sets how long a run may take before it is killed and fails. The default is 60 seconds.
    #[must_use]
    pub fn time_limit(mut self, limit: Duration) -> Self {
        self.time_limit = limit;
        self
    }

    /// Skips waits, as [`Connector::skip_waits`](Connector::skip_waits) does.
    #[must_use]
    pub fn skip_waits(mut self) -> Self {
        self.skips_waits = true;
        self
    }

    /// Runs `spec` once, to detect a program or image that does not exist before its clauses fail.
    ///
    /// # Errors
    ///
    /// If the program or image cannot be started.
    pub fn can_be_started(&self) -> Result<(), String> {
        self.launcher.obstacle(&self.arguments, self.time_limit).map_or(Ok(()), Err)
    }

    /// Runs the connector a few dozen times and checks its output.
    ///
    /// # Panics
    ///
    /// If the program cannot be started, or its input files cannot be written.
    pub fn check(&self) -> Report {
        let runs = plan::run_all(self);
        report(clauses::all(), &runs)
    }

    /// Checks the connector, and panics with the whole report if it breaks a rule.
    ///
    /// # Panics
    ///
    /// If a clause failed, or as [`check`](Self::check) does.
    pub fn assert_conforms(&self) {
        self.check().assert_conforms();
    }
}

/// Checks a spec alone, the payload of a SPEC message. `not_secret` has the names of fields that are not secret although they
/// look like credentials.
pub fn check_spec(spec: &Value, not_secret: impl IntoIterator<Item = impl Into<String>>) -> Report {
    let not_secret = not_secret.into_iter().map(Into::into).collect();
    let runs = Runs { not_secret, ..Runs::of_message(&json!({"type": "SPEC", "spec": spec})) };
    report(clauses::of_specs().iter(), &runs)
}

/// Checks a catalog alone, the payload of a CATALOG message.
pub fn check_catalog(catalog: &Value) -> Report {
    report(clauses::of_catalogs().iter(), &Runs::of_message(&json!({"type": "CATALOG", "catalog": catalog})))
}

fn report<'a>(clauses: impl Iterator<Item = &'a clauses::Clause>, runs: &Runs) -> Report {
    let secrets = runs.all_secrets();
    let outcomes = clauses.map(|clause| Outcome {
        clause: clause.name,
        rule: clause.rule,
        verdict: match (clause.check)(runs).err().unwrap_or(Verdict::Passed) {
            Verdict::Failed(what) => Verdict::Failed(runs::shown(&what, &secrets)),
            verdict => verdict,
        },
    });
    Report { outcomes: outcomes.collect() }
}

/// The verdict on each clause. `Display` writes a table with the reasons. Secrets of the configuration are blanked: the values
/// that the spec marks as secret, and those of fields that are named like credentials.
#[derive(Clone, Debug)]
#[must_use]
pub struct Report {
    outcomes: Vec<Outcome>,
}

impl Report {
    /// Returns all clauses, in the order of the table.
    pub fn outcomes(&self) -> &[Outcome] {
        &self.outcomes
    }

    /// Returns the clauses that failed.
    pub fn failures(&self) -> impl Iterator<Item = &Outcome> {
        self.outcomes.iter().filter(|outcome| matches!(outcome.verdict, Verdict::Failed(_)))
    }

    /// Returns the clauses as a JSON array of objects with `clause`, `rule`, `verdict` (`passed`, `failed` or
    /// `not_applicable`) and, unless the clause passed, `why`.
    pub fn to_json(&self) -> Value {
        let outcomes = self.outcomes.iter().map(|Outcome { clause, rule, verdict }| {
            let (verdict, why) = match verdict {
                Verdict::Passed => ("passed", None),
                Verdict::Failed(what) => ("failed", Some(what)),
                Verdict::NotApplicable(why) => ("not_applicable", Some(why)),
            };
            let mut outcome = json!({"clause": clause, "rule": rule, "verdict": verdict});
            if let Some(why) = why {
                outcome["why"] = why.as_str().into();
            }
            outcome
        });
        outcomes.collect()
    }

    /// Panics with the whole report if a clause failed. Otherwise prints the clauses that do not apply, with the reason, which
    /// `cargo test -- --show-output` shows.
    ///
    /// # Panics
    ///
    /// If a clause failed.
    #[expect(clippy::panic, clippy::print_stdout, reason = "this is an assertion")]
    pub fn assert_conforms(&self) {
        if self.failures().next().is_some() {
            panic!("the connector violates the protocol\n{self}");
        }
        for Outcome { clause, verdict, .. } in &self.outcomes {
            if let Verdict::NotApplicable(why) = verdict {
                println!("{clause} does not apply: {why}");
            }
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Outcome { clause, rule, verdict } in &self.outcomes {
            match verdict {
                Verdict::Passed => writeln!(f, "{clause:<36} passed")?,
                Verdict::NotApplicable(why) => writeln!(f, "{clause:<36} not applicable: {why}")?,
                Verdict::Failed(what) => {
                    writeln!(f, "{clause:<36} FAILED\n    rule: {rule}\n    found: {what}")?;
                }
            }
        }
        Ok(())
    }
}

/// One clause and its verdict.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Outcome {
    /// The name of the clause.
    pub clause: &'static str,
    /// What a connector must do.
    pub rule: &'static str,
    /// Whether it does so.
    pub verdict: Verdict,
}

/// The result of a clause.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// No violation was found.
    Passed,
    /// The rule is violated: by which run, and how.
    Failed(String),
    /// The clause was not checked, for this reason.
    NotApplicable(String),
}
