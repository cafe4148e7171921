//! The line of a record.

use super::lines::{RECORD, escape_line_breaks};
use super::not_finite::{self, NotFiniteField};
use crate::error::{Error, Result};
use crate::protocol::{AirbyteRecordMessageMeta, StreamDescriptor};
use serde_json::Value;
use std::io::{self, Write as _};

/// The line of a record. What is the same for all records of a millisecond is made once and stays in place.
pub(crate) struct RecordLine {
    bytes: Vec<u8>,
    /// Where `emitted_at` begins.
    clock: usize,
    /// Where the record's data begins.
    data: usize,
    /// The columns that the user has chosen, as their members begin; `None` if all.
    columns: Option<Vec<String>>,
    /// Whether a number that is not finite is an error; otherwise it is written as null and announced.
    not_finite_fails: bool,
    /// Set while a record is written: if a panic leaves that, the record is lost.
    writing: bool,
}

/// The usual way of writing JSON, which takes note of nulls: a number that is not finite is written as one.
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
        let mut bytes = [RECORD, br#""record":{"#].concat();
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

    /// An error if a record was lost in a panic that the author's code caught.
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

    /// Says, behind the data, which numbers are null because they are not finite.
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
            return Err(Error::system(format!("the number in `{}` is not finite", first.field))
                .with_internal(
                    "the stream says `not_finite = fail`; without it the number is sent as null",
                ));
        }
        self.bytes.extend_from_slice(br#","meta":"#);
        serde_json::to_writer(&mut self.bytes, &AirbyteRecordMessageMeta::new(changes))?;
        Ok(())
    }

    /// The line with the record written last.
    #[inline]
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

#[inline]
fn to_writer(line: &mut Vec<u8>, record: &impl serde::Serialize, nulls: &mut bool) -> serde_json::Result<()> {
    record.serialize(&mut serde_json::Serializer::with_formatter(line, Nulls(nulls)))
}

/// Writes a record with these columns only, each given as its member begins: `"name":`. The record is written as a
/// whole and its text is cut, so that each value stays as the record writes it.
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
        // The platform drops a record without fields, and this one has others.
        let _ = write!(line, "{{{column}null");
    }
    line.push(b'}');
    Ok(())
}

/// The members of an object, cut at the commas between them. The text comes from serde_json: it is valid and has no blanks.
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

/// The platform drops such records without a word, so they are refused here.
#[cold]
fn not_a_record() -> Error {
    Error::system("a record must be an object with at least one field")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_object_is_cut_between_its_members_and_nowhere_else() {
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
    fn chosen_columns_are_written_as_the_record_writes_them() {
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
