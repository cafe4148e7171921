//! What became of each entry, for people to read.

use crate::{Outcome, Verdict};
use std::fmt;
use std::path::PathBuf;

/// What became of each entry of `acceptance-test-config.yml`. Printing it shows a table, and what was wrong.
#[derive(Clone, Debug)]
#[must_use]
pub struct AcceptanceReport {
    pub(super) subject: String,
    pub(super) folder: PathBuf,
    pub(super) lines: Vec<Line>,
}

impl AcceptanceReport {
    /// Whether everything that was tested is as it should be, and anything was tested.
    pub fn passed(&self) -> bool {
        self.lines.iter().all(|line| line.findings.is_empty())
            && self.lines.iter().any(|line| line.skipped.is_none())
    }

    /// Panics with the whole report if something is not as it should be.
    ///
    /// # Panics
    ///
    /// If it has not [`passed`](Self::passed).
    pub fn assert_passed(&self) {
        assert!(self.passed(), "the acceptance tests fail\n{self}");
    }
}

impl fmt::Display for AcceptanceReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "acceptance of {}\nas {} asks\n", self.subject, self.folder.display())?;
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
                writeln!(f, "    the rule: {rule}\n    but: {what}")?;
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
    /// What was seen.
    pub(super) facts: Vec<String>,
    findings: Vec<Finding>,
}

/// Something that is not as it should be.
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
        let mut line = Self::new("the file", "what it asks for can be understood");
        line.find("every key and every file that is named is there", what);
        line
    }

    pub(super) fn bypassed(section: &str, reason: &str) -> Self {
        Self { skipped: Some(reason.to_owned()), ..Self::new(section, "") }
    }

    pub(super) fn find(&mut self, rule: impl Into<String>, what: impl Into<String>) {
        self.findings.push(Finding { rule: rule.into(), what: what.into() });
    }

    /// Takes over the clauses that failed.
    pub(super) fn take(&mut self, outcomes: &[Outcome]) {
        for outcome in outcomes {
            if let Verdict::Failed(what) = &outcome.verdict {
                self.find(outcome.rule, what);
            }
        }
    }
}
