//! What the fuzz targets in `fuzz/` call. Exists only with `--cfg fuzzing`.

pub use crate::http::fuzzing::{
    Chunks, LONGEST_WAIT, csv_rows, elements, json_lines, next_link, requested_wait, utf8,
};

use crate::error::Result;
use crate::input::{self, States};
use crate::protocol::StreamDescriptor;
use serde_json::{Map, Value};
use std::path::Path;

/// Returns the names of the streams in a configured catalog.
pub fn catalog(path: &Path) -> Result<Vec<String>> {
    Ok(input::catalog(path)?.streams.into_iter().map(|configured| configured.stream.name).collect())
}

/// Returns the state of each stream of these names in a state file.
pub fn state(bytes: &[u8], streams: &[&str]) -> Result<Map<String, Value>> {
    let stream = |name: &&str| StreamDescriptor { name: (*name).to_owned(), namespace: None };
    let mut states = States::read(bytes, "The state", streams.iter().map(stream))?;
    let found = |name: &&str| Some(((*name).to_owned(), states.take(&stream(name))?.to_value()));
    Ok(streams.iter().filter_map(found).collect())
}
