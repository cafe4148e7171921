//! The line of a RECORD message.

use super::line_breaks::escape_line_breaks;
use super::lines::RECORD_START;
use super::not_finite::{self, NotFiniteField};
use crate::error::{Error, Result};
use crate::protocol::{AirbyteRecordMessageMeta, StreamDescriptor};
use serde_json::Value;
use std::io::{self, Write as _};

/// A reusable buffer for the line of a record. The envelope is written once per clock reading and kept in place; only the
/// data is rewritten for each record.
pub(crate) struct RecordLine {
    bytes: Vec<u8>,
    /// The offset of `emitted_at`.
    clock: usize,
    /// The offset of the record's data.
    data: usize,
    /// The selected columns, each as the beginning of its member, `"name":`; `None` for all columns.
    columns: Option<Vec<String>>,
    /// Whether a non-finite number is an error; otherwise it is written as null and listed in `meta.changes`.
    not_finite_fails: bool,
    /// Set while a record is being written. Still set afterwards if a panic interrupted it, and the record is lost.
    writing: bool,
}

/// The compact JSON format; notes whether a null was written, as it is for a non-finite number.
struct Nulls<'a>(&'a mut bool);

impl serde_json::ser::Formatter for Nulls<'_> {
    #[inline]
    fn write_null<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        *self.0 = true;
        writer.write_all(b"null")
    }
}

impl RecordLine {
    pub(crate) fn new(
        stream: &StreamDescriptor,
        columns: Option<Vec<String>>,
        not_finite_fails: bool,
    ) -> Self {
        let mut bytes = [RECORD_START, br#""record":{"#].concat();
        // Writing to a vector cannot fail.
        if let Some(namespace) = &stream.namespace {
            let _ = write!(bytes, r#""namespace":{},"#, Value::from(namespace.as_str()));
        }
        let _ = write!(bytes, r#""stream":{},"emitted_at":"#, Value::from(stream.name.as_str()));
        escape_line_breaks(&mut bytes, 0);
        let begin = |name: String| format!("{}:", Value::from(name));
        let columns = columns.map(|names| names.into_iter().map(begin).collect());
        let mut line = Self { clock: bytes.len(), data: 0, bytes, columns, not_finite_fails, writing: false };
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
        self.check()?;
        self.writing = true;
        let written = self.write_data(record);
        self.writing = false;
        written
    }

    /// Fails if a record was lost in a panic that the connector caught.
    #[inline]
    pub(crate) fn check(&self) -> Result<()> {
        if self.writing { Err(lost_in_a_panic()) } else { Ok(()) }
    }

    #[inline]
    fn write_data(&mut self, record: &impl serde::Serialize) -> Result<()> {
        self.bytes.truncate(self.data);
        let mut nulls = false;
        match &self.columns {
            None => to_writer(&mut self.bytes, record, &mut nulls)?,
            Some(columns) => write_only(columns, record, &mut self.bytes, &mut nulls)?,
        }
        if self.bytes.len() <= self.data + 2 || self.bytes[self.data] != b'{' {
            return Err(not_a_record());
        }
        if nulls {
            let fields = not_finite::fields(record);
            if !fields.is_empty() {
                self.announce(&fields)?;
            }
        }
        escape_line_breaks(&mut self.bytes, self.data);
        self.bytes.extend_from_slice(b"}}\n");
        Ok(())
    }

    /// Appends `meta.changes`, which lists the non-finite numbers that were written as null.
    #[cold]
    fn announce(&mut self, fields: &[NotFiniteField]) -> Result<()> {
        let written = |field: &&NotFiniteField| match &self.columns {
            None => true,
            Some(columns) => {
                let begin = format!("{}:", Value::from(field.column.as_str()));
                columns.contains(&begin)
            }
        };
        let changes: Vec<_> = fields.iter().filter(written).map(|field| field.change()).collect();
        let Some(first) = changes.first() else { return Ok(()) };
        if self.not_finite_fails {
            return Err(Error::system(format!("`{}` is NaN or infinite", first.field)).with_internal(
                "the stream has `not_finite = fail`; without it, the number is sent as null",
            ));
        }
        self.bytes.extend_from_slice(br#","meta":"#);
        serde_json::to_writer(&mut self.bytes, &AirbyteRecordMessageMeta::new(changes))?;
        Ok(())
    }

    /// Returns the line of the most recent record.
    #[inline]
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

#[inline]
fn to_writer(line: &mut Vec<u8>, record: &impl serde::Serialize, nulls: &mut bool) -> serde_json::Result<()> {
    record.serialize(&mut serde_json::Serializer::with_formatter(line, Nulls(nulls)))
}

/// Writes only these columns of a record, each given as the beginning of its member, `"name":`. The whole record is
/// serialized and the other members are cut out of the text, so the values keep the record's own format.
fn write_only(
    columns: &[String],
    record: &impl serde::Serialize,
    line: &mut Vec<u8>,
    nulls: &mut bool,
) -> Result<()> {
    let mut text = Vec::with_capacity(128);
    to_writer(&mut text, record, nulls)?;
    let text = String::from_utf8(text)?;
    if !text.starts_with('{') || text.len() <= 2 {
        return Err(not_a_record());
    }
    let start = line.len();
    for member in members(&text).filter(|member| columns.iter().any(|column| member.starts_with(column))) {
        line.push(if line.len() == start { b'{' } else { b',' });
        line.extend_from_slice(member.as_bytes());
    }
    if let (true, Some(column)) = (line.len() == start, columns.first()) {
        // The platform drops records without fields, but this record has fields that were not selected.
        let _ = write!(line, "{{{column}null");
    }
    line.push(b'}');
    Ok(())
}

/// Splits an object into its members, at the commas between them. The text must be valid JSON without whitespace, as
/// serde_json writes it.
fn members(object: &str) -> impl Iterator<Item = &str> {
    let (mut depth, mut in_text, mut escaped) = (0, false, false);
    object[1..object.len() - 1].split(move |letter| {
        if in_text {
            in_text = escaped || letter != '"';
            escaped = !escaped && letter == '\\';
            return false;
        }
        match letter {
            '"' => in_text = true,
            '{' | '[' => depth += 1,
            '}' | ']' => depth -= 1,
            _ => {}
        }
        letter == ',' && depth == 0
    })
}

#[cold]
fn lost_in_a_panic() -> Error {
    Error::system("a record was lost in a panic that the connector caught")
}

/// Returns the error for a record that the platform would silently drop.
#[cold]
fn not_a_record() -> Error {
    Error::system("a record must be an object with at least one field")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn object_is_split_only_between_its_members() {
        let record =
            json!({"a": "x,\"}\\", "b": [1, {"c": 2, "a": 3}], "a\",": {}, "d": "\\\\,", "e": -1.5e3});
        let text = record.to_string();
        let cut: Vec<&str> = members(&text).collect();
        assert_eq!(cut.len(), 5, "{cut:?}");
        for (member, (name, value)) in cut.iter().zip(record.as_object().unwrap()) {
            assert_eq!(*member, format!("{}:{value}", Value::from(name.as_str())));
        }
    }

    #[test]
    fn selected_columns_keep_their_format() {
        #[derive(serde::Serialize)]
        struct Record {
            small: f32,
            large: u128,
            #[serde(skip_serializing_if = "Option::is_none")]
            maybe: Option<bool>,
        }
        let record = Record { small: 0.1, large: u128::MAX, maybe: None };
        for (columns, written) in [
            (vec!["small"], r#""data":{"small":0.1}}}"#.to_owned()),
            (vec!["large", "maybe"], format!(r#""data":{{"large":{}}}}}}}"#, u128::MAX)),
            (vec!["maybe"], r#""data":{"maybe":null}}}"#.to_owned()),
        ] {
            let columns = columns.into_iter().map(str::to_owned).collect();
            let mut line = RecordLine::new(&StreamDescriptor::new("a"), Some(columns), false);
            line.write(&record).unwrap();
            let text = std::str::from_utf8(line.bytes()).unwrap();
            assert!(text.ends_with(&format!("{written}\n")), "{text}");
        }
    }
}
