//! The clauses, a table per subject. Each looks at runs that were captured and starts none.

mod catalog;
mod configuration;
mod messages;
mod process;
mod records;
mod refresh;
mod resuming;
mod service;
mod spec;
mod states;
mod statuses;

use super::runs::{Judged, Runs};

/// One statement about a connector.
pub(super) struct Clause {
    pub(super) name: &'static str,
    /// What a connector must do, in words.
    pub(super) rule: &'static str,
    pub(super) judge: fn(&Runs) -> Judged,
}

/// A clause as a line or two of a table.
const fn clause(name: &'static str, rule: &'static str, judge: fn(&Runs) -> Judged) -> Clause {
    Clause { name, rule, judge }
}

/// Those that look at a spec alone.
pub(super) fn of_specs() -> &'static [Clause] {
    spec::CLAUSES
}

/// Those that look at a catalog alone.
pub(super) fn of_catalogs() -> &'static [Clause] {
    catalog::CLAUSES
}

pub(super) fn all() -> impl Iterator<Item = &'static Clause> {
    let tables = [
        process::CLAUSES,
        messages::CLAUSES,
        configuration::CLAUSES,
        spec::CLAUSES,
        catalog::CLAUSES,
        records::CLAUSES,
        states::CLAUSES,
        resuming::CLAUSES,
        refresh::CLAUSES,
        statuses::CLAUSES,
        service::CLAUSES,
    ];
    tables.into_iter().flatten()
}
