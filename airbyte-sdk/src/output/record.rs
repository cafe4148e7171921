//! The line of a record.

use super::lines::{RECORD, escape_line_breaks};
use crate::error::{Error, Result};
use crate::protocol::StreamDescriptor;
use serde_json::Value;
use serde_json::value::RawValue;
use std::collections::HashMap;
use std::io::Write as _;

/// The line of a record. What is the same for all records of a millisecond is made once and stays in place.
pub(crate) struct RecordLine {
    bytes: Vec<u8>,
    /// Where `emitted_at` begins.
    clock: usize,
    /// Where the record's data begins.
    data: usize,
    /// The columns that the user has chosen; `None` if all.
    columns: Option<Vec<String>>,
}

impl RecordLine {
    pub(crate) fn new(stream: &StreamDescriptor, columns: Option<Vec<String>>) -> Self {
        let mut bytes = [RECORD, br#""record":{"#].concat();
        // Writing to a vector cannot fail.
        if let Some(namespace) = &stream.namespace {
            let _ = write!(bytes, r#""namespace":{},"#, Value::from(namespace.as_str()));
        }
        let _ = write!(bytes, r#""stream":{},"emitted_at":"#, Value::from(stream.name.as_str()));
        escape_line_breaks(&mut bytes, 0);
        let mut line = Self { clock: bytes.len(), data: 0, bytes, columns };
        line.set_clock(0);
        line
    }

    pub(crate) fn set_clock(&mut self, now: i64) {
        self.bytes.truncate(self.clock);
        let _ = write!(self.bytes, r#"{now},"data":"#);
        self.data = self.bytes.len();
    }

    /// Writes a record into the line.
    #[inline]
    pub(crate) fn write(&mut self, record: &impl serde::Serialize) -> Result<()> {
        self.bytes.truncate(self.data);
        match &self.columns {
            None => serde_json::to_writer(&mut self.bytes, record)?,
            Some(columns) => write_only(columns, record, &mut self.bytes)?,
        }
        if self.bytes.len() <= self.data + 2 || self.bytes[self.data] != b'{' {
            return Err(not_a_record());
        }
        escape_line_breaks(&mut self.bytes, self.data);
        self.bytes.extend_from_slice(b"}}\n");
        Ok(())
    }

    /// The line with the record written last.
    #[inline]
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// Takes columns out of the record's text: each value stays as the record writes it.
fn write_only(columns: &[String], record: &impl serde::Serialize, line: &mut Vec<u8>) -> Result<()> {
    let text = serde_json::to_string(record)?;
    if !text.starts_with('{') || text.len() <= 2 {
        return Err(not_a_record());
    }
    let fields: HashMap<String, &RawValue> = serde_json::from_str(&text)?;
    let kept = columns.iter().filter_map(|name| Some((name, fields.get(name)?.get())));
    let start = line.len();
    for (name, value) in kept {
        let separator = if line.len() == start { '{' } else { ',' };
        let _ = write!(line, "{separator}{}:{value}", Value::from(name.as_str()));
    }
    if let (true, Some(name)) = (line.len() == start, columns.first()) {
        // The platform drops a record without fields, and this one has others.
        let _ = write!(line, "{{{}:null", Value::from(name.as_str()));
    }
    line.push(b'}');
    Ok(())
}

/// The platform drops such records without a word, so they are refused here.
#[cold]
fn not_a_record() -> Error {
    Error::system("a record must be an object with at least one field")
}
