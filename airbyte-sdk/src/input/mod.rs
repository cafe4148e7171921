//! Files → values. The only room that opens files; every error names the file and the place in it.

mod catalog;
mod state;

pub(crate) use self::catalog::catalog;
pub(crate) use self::state::{States, states};

use crate::error::{Error, Result};
use crate::output::Output;
use crate::spec::{self, AirbyteSpec};
use serde_json::Value;
use std::path::Path;

/// The connector's configuration. Its secrets are hidden from here on, even if the rest of it is wrong. The output keeps
/// it as it is, for the day when a part of it changes.
pub(crate) fn config<C: AirbyteSpec>(path: &Path, output: &Output) -> Result<C> {
    let value = json(path, "config")?;
    let (config, secrets) = spec::read(&value);
    output.hide(&secrets);
    output.keep_config(value);
    config.map_err(|problems| problems.into_error(&called("config", path)))
}

/// A file's JSON, whatever it is.
#[expect(clippy::disallowed_methods, reason = "this is the room that opens files")]
fn json(path: &Path, role: &str) -> Result<Value> {
    let what = called(role, path);
    let bytes =
        std::fs::read(path).map_err(|error| Error::config(format!("{what} cannot be read: {error}")))?;
    // Some editors put a byte order mark in front.
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&bytes);
    if role == "state" && bytes.trim_ascii().is_empty() {
        return Ok(Value::Null);
    }
    serde_json::from_slice(bytes).map_err(|error| Error::config(format!("{what} is not JSON: {error}")))
}

fn called(role: &str, path: &Path) -> String {
    format!("the {role} file {}", path.display())
}
