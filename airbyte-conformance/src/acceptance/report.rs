//! The result of each entry.

use crate::{Outcome, Verdict};
use std::fmt;
use std::path::PathBuf;

/// The result of each entry of `acceptance-test-config.yml`. `Display` writes a table with the reasons of failures.
#[derive(Clone, Debug)]
#[must_use]
pub struct AcceptanceReport {
    pub(super) subject: String,
    pub(super) folder: PathBuf,
    pub(super) lines: Vec<Line>,
}

impl AcceptanceReport {
    /// Returns whether no test failed, and at least one was made.
    pub fn passed(&self) -> bool {
        self.lines.iter().all(|line| line.findings.is_empty())
            && self.lines.iter().any(|line| line.skipped.is_none())
    }

    /// Panics with the whole report if a test failed.
    ///
    /// # Panics
    ///
    /// If it did not [pass](Self::passed).
    pub fn assert_passed(&self) {
        assert!(self.passed(), "the acceptance tests fail\n{self}");
    }
}

impl fmt::Display for AcceptanceReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "acceptance tests of {}\nin {}\n", self.subject, self.folder.display())?;
        let width = self.lines.iter().map(|line| line.what.chars().count()).max().unwrap_or_default();
        for line in &self.lines {
            write!(f, "{:<13} {:<width$}  ", line.section, line.what)?;
            match &line.skipped {
                Some(why) => write!(f, "not tested: {why}")?,
                None if line.findings.is_empty() => write!(f, "passed")?,
                None => write!(f, "FAILED")?,
            }
            if !line.facts.is_empty() {
                write!(f, ": {}", line.facts.join(", "))?;
            }
            writeln!(f)?;
            for Finding { rule, what } in &line.findings {
                writeln!(f, "    rule: {rule}\n    found: {what}")?;
            }
        }
        Ok(())
    }
}

/// One entry.
#[derive(Clone, Debug, Default)]
pub(super) struct Line {
    section: String,
    what: String,
    /// Why it was not tested.
    pub(super) skipped: Option<String>,
    /// Facts about the runs.
    pub(super) facts: Vec<String>,
    findings: Vec<Finding>,
}

/// A violated rule.
#[derive(Clone, Debug)]
struct Finding {
    rule: String,
    what: String,
}

impl Line {
    pub(super) fn new(section: impl Into<String>, what: impl Into<String>) -> Self {
        Self { section: section.into(), what: what.into(), ..Self::default() }
    }

    pub(super) fn obstacle(what: String) -> Self {
        let mut line = Self::new("the connector", "it can be started");
        line.find("it can be started", what);
        line
    }

    pub(super) fn mistake(what: &str) -> Self {
        let mut line = Self::new("the file", "it is valid");
        line.find("every key is known and every file exists", what);
        line
    }

    pub(super) fn bypassed(section: &str, reason: &str) -> Self {
        Self { skipped: Some(reason.to_owned()), ..Self::new(section, "") }
    }

    pub(super) fn find(&mut self, rule: impl Into<String>, what: impl Into<String>) {
        self.findings.push(Finding { rule: rule.into(), what: what.into() });
    }

    /// Adds the clauses that failed.
    pub(super) fn take(&mut self, outcomes: &[Outcome]) {
        for outcome in outcomes {
            if let Verdict::Failed(what) = &outcome.verdict {
                self.find(outcome.rule, what);
            }
        }
    }
}
