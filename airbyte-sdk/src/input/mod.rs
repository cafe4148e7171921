//! Reads the input files. The only module that opens files; every error names the file and the path of the value in it.

mod catalog;
mod document;
mod file;
mod state;

pub(crate) use self::catalog::catalog;
pub(crate) use self::state::{States, states};

use self::document::Document;
use self::file::{Role, invalid_json};
use crate::error::Result;
use crate::output::Output;
use crate::problems::Problems;
use crate::saved_config::SavedConfig;
use crate::spec::ReadConfig;
use serde_json::Value;
use std::path::Path;

/// Reads the connector's configuration.
///
/// Its secrets are redacted from now on, even if the rest of it is invalid. The original JSON is kept, so that it can be
/// saved with a replaced token.
pub(crate) fn config<C>(path: &Path, read: ReadConfig<C>, output: &Output, saved: &SavedConfig) -> Result<C> {
    let value = json(path, Role::Config)?;
    let (config, secrets) = read(&value);
    output.hide(&secrets);
    saved.keep(value);
    config.map_err(|problems| problems.into_error(&Role::Config.describe(path)))
}

/// Reads a file that contains one JSON document without duplicate keys.
fn json(path: &Path, role: Role) -> Result<Value> {
    let bytes = file::read(path, role)?;
    let what = role.describe(path);
    let document: Document =
        serde_json::from_slice(&bytes).map_err(|error| invalid_json(&what, &bytes, &error, role))?;
    let mut problems = Problems::default();
    let value = document.without_repeats(&mut problems);
    if problems.is_empty() { Ok(value) } else { Err(problems.into_error(&what)) }
}
