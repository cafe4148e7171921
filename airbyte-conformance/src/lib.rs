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
mod names;
mod plan;

// How they are judged.
mod bags;
mod clauses;
mod leaks;
mod runs;
mod secrets;
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

/// A connector to be judged: its program or image, and inputs for it.
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
    /// Fields, by the name of their stream, that may differ between two equal reads. Others are found.
    varying: Vec<(String, String)>,
}

impl Subject {
    /// The program at this path; in an integration test that is `env!("CARGO_BIN_EXE_…")`.
    pub fn new(program: impl AsRef<Path>) -> Self {
        Self::launched_by(Launcher::program(program))
    }

    /// The image of this name, which `docker run` starts, in the network of this machine: on Linux, where containers can
    /// share it. What only a program of this machine shows is not judged.
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

    /// The configuration to work with; `check` must succeed with it. An empty object if nothing is said.
    #[must_use]
    pub fn config(mut self, config: Value) -> Self {
        self.config = config;
        self
    }

    /// A configuration that the user would have to mend: `check` must answer FAILED.
    #[must_use]
    pub fn invalid_config(mut self, config: Value) -> Self {
        self.invalid_config = Some(config);
        self
    }

    /// A valid configuration under which the service cannot be reached or is down, such as one with a port where nobody
    /// listens: `check` and `read` must fail with a `transient_error`.
    #[must_use]
    pub fn unreachable_config(mut self, config: Value) -> Self {
        self.unreachable_config = Some(config);
        self
    }

    /// Values that must never be seen in a message, besides those of the fields that the spec marks as secret.
    #[must_use]
    pub fn secrets(mut self, secrets: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.secrets = secrets.into_iter().map(Into::into).collect();
        self
    }

    /// The names of the streams to read; all that `discover` finds if nothing is said. For a source with a stream that
    /// never ends, or one that does not hold still. The catalog is judged as a whole nevertheless.
    #[must_use]
    pub fn streams(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.streams = Some(names.into_iter().map(Into::into).collect());
        self
    }

    /// Fields of the configuration, by name, that are no secrets although they sound like credentials. Airbyte's own lint
    /// would rather see other names.
    #[must_use]
    pub fn not_secret(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.not_secret = names.into_iter().map(Into::into).collect();
        self
    }

    /// Arguments that come before the command, for a program that is an interpreter.
    #[must_use]
    pub fn arguments(mut self, arguments: impl IntoIterator<Item = impl Into<OsString>>) -> Self {
        self.arguments = arguments.into_iter().map(Into::into).collect();
        self
    }

    /// Sets a variable in the environment of each run.
    #[must_use]
    pub fn environment(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.environment.push((name.into(), value.into()));
        self
    }

    /// How long one run may take before it is ended and counts as hanging; a minute if nothing is said.
    #[must_use]
    pub fn time_limit(mut self, limit: Duration) -> Self {
        self.time_limit = limit;
        self
    }

    /// Lets waits pass at once, as [`Connector::skip_waits`](Connector::skip_waits) does.
    #[must_use]
    pub fn skip_waits(mut self) -> Self {
        self.skips_waits = true;
        self
    }

    /// Starts the connector once, with `spec`, to tell a mistake in how it is started from a connector that is at fault.
    ///
    /// # Errors
    ///
    /// Why there is no such program or image.
    pub fn can_be_started(&self) -> Result<(), String> {
        self.launcher.obstacle(&self.arguments, self.time_limit).map_or(Ok(()), Err)
    }

    /// Runs the program a few dozen times and judges what came out.
    ///
    /// # Panics
    ///
    /// If the program cannot be started, or its input files cannot be written.
    pub fn check(&self) -> Report {
        let runs = plan::run_all(self);
        report(clauses::all(), &runs)
    }

    /// Judges the connector, and panics with the whole report if it breaks a rule.
    ///
    /// # Panics
    ///
    /// If a clause failed, or as [`check`](Self::check) does.
    pub fn assert_conforms(&self) {
        self.check().assert_conforms();
    }
}

/// Judges a spec alone, the payload of a SPEC message. The names are those of fields that are no secrets although they sound
/// like credentials.
pub fn check_spec(spec: &Value, not_secret: impl IntoIterator<Item = impl Into<String>>) -> Report {
    let not_secret = not_secret.into_iter().map(Into::into).collect();
    let runs = Runs { not_secret, ..Runs::of_message(&json!({"type": "SPEC", "spec": spec})) };
    report(clauses::of_specs().iter(), &runs)
}

/// Judges a catalog alone, the payload of a CATALOG message.
pub fn check_catalog(catalog: &Value) -> Report {
    report(clauses::of_catalogs().iter(), &Runs::of_message(&json!({"type": "CATALOG", "catalog": catalog})))
}

fn report<'a>(clauses: impl Iterator<Item = &'a clauses::Clause>, runs: &Runs) -> Report {
    let secrets = runs.all_secrets();
    let outcomes = clauses.map(|clause| Outcome {
        clause: clause.name,
        rule: clause.rule,
        verdict: match (clause.judge)(runs).err().unwrap_or(Verdict::Passed) {
            Verdict::Failed(what) => Verdict::Failed(runs::shown(&what, &secrets)),
            verdict => verdict,
        },
    });
    Report { outcomes: outcomes.collect() }
}

/// What became of each clause. Printing it shows a table, and what was wrong, with the secrets of the configuration blanked:
/// values that the spec marks as secret, and those of fields that are named like credentials.
#[derive(Clone, Debug)]
#[must_use]
pub struct Report {
    outcomes: Vec<Outcome>,
}

impl Report {
    /// All clauses, in the order of the table.
    pub fn outcomes(&self) -> &[Outcome] {
        &self.outcomes
    }

    /// The clauses that failed.
    pub fn failures(&self) -> impl Iterator<Item = &Outcome> {
        self.outcomes.iter().filter(|outcome| matches!(outcome.verdict, Verdict::Failed(_)))
    }

    /// The clauses as a JSON array of objects with `clause`, `rule`, `verdict` (`passed`, `failed` or `not_applicable`) and,
    /// unless it passed, `why`.
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

    /// Panics with the whole report if a clause failed. Otherwise prints the clauses that do not apply, with the reason: cargo
    /// shows them with `cargo test -- --show-output`.
    ///
    /// # Panics
    ///
    /// If a clause failed.
    #[expect(clippy::panic, clippy::print_stdout, reason = "this is an assertion")]
    pub fn assert_conforms(&self) {
        if self.failures().next().is_some() {
            panic!("the connector does not keep to the protocol\n{self}");
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
                    writeln!(f, "{clause:<36} FAILED\n    the rule: {rule}\n    but: {what}")?;
                }
            }
        }
        Ok(())
    }
}

/// One clause and what became of it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Outcome {
    /// The name of the clause.
    pub clause: &'static str,
    /// What a connector must do.
    pub rule: &'static str,
    /// Whether it does.
    pub verdict: Verdict,
}

/// How a clause was judged.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// Nothing was seen that breaks the rule.
    Passed,
    /// The rule is broken: in which run, and by what.
    Failed(String),
    /// There was nothing to judge, and why.
    NotApplicable(String),
}
