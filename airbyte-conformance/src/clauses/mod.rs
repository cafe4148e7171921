//! The clauses, in a table per subject. They check the captured runs and start none.

mod catalog;
mod configuration;
mod messages;
mod process;
mod records;
mod refresh;
mod resuming;
mod unreachable_api;
mod spec;
mod states;
mod statuses;

use super::runs::{Checked, Runs};

/// A rule for connectors.
pub(super) struct Clause {
    pub(super) name: &'static str,
    /// What a connector must do.
    pub(super) rule: &'static str,
    pub(super) check: fn(&Runs) -> Checked,
}

/// Makes a row of a table.
const fn clause(name: &'static str, rule: &'static str, check: fn(&Runs) -> Checked) -> Clause {
    Clause { name, rule, check }
}

/// Returns the clauses that check a spec alone.
pub(super) fn of_specs() -> &'static [Clause] {
    spec::CLAUSES
}

/// Returns the clauses that check a catalog alone.
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
        unreachable_api::CLAUSES,
    ];
    tables.into_iter().flatten()
}
