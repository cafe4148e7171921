//! The messages, and the faults of their bytes.

use crate::{Stop, has};
use serde_json::{Value, json};
use std::io::{self, BufWriter, Stdout, Write};
use std::time::{SystemTime, UNIX_EPOCH};

pub(crate) struct Output {
    stdout: BufWriter<Stdout>,
}

impl Output {
    pub(crate) fn new() -> Self {
        Self { stdout: BufWriter::new(io::stdout()) }
    }

    fn write(&mut self, line: &str) -> io::Result<()> {
        let mut bytes = line.as_bytes().to_vec();
        if has("invalid_utf8") {
            let parts: Vec<&[u8]> = line.split('é').map(str::as_bytes).collect();
            bytes = parts.join(&b"\xe9"[..]);
        }
        let is_record = line.starts_with(r#"{"type": "RECORD""#);
        bytes.extend_from_slice(if has("carriage_returns") && is_record { b"\r\n" } else { b"\n" });
        self.stdout.write_all(&bytes)
    }

    pub(crate) fn flush(&mut self) -> Result<(), Stop> {
        Ok(self.stdout.flush()?)
    }

    pub(crate) fn say(&mut self, kind: &str, name: &str, payload: Value) -> Result<(), Stop> {
        let mut line = String::new();
        format(&json!({"type": kind, name: payload}), &mut line);
        Ok(self.write(&line)?)
    }

    pub(crate) fn connection_status(&mut self, status: Value) -> Result<(), Stop> {
        self.say("CONNECTION_STATUS", "connectionStatus", status)
    }

    pub(crate) fn log(&mut self, message: &str) -> Result<(), Stop> {
        self.say("LOG", "log", json!({"level": "INFO", "message": message}))
    }

    pub(crate) fn trace(&mut self, kind: &str, name: &str, payload: Value) -> Result<(), Stop> {
        let trace = json!({"type": kind, "emitted_at": now_with_a_point(), name: payload});
        self.say("TRACE", "trace", trace)
    }

    pub(crate) fn error(
        &mut self,
        message: &str,
        failure_type: &str,
        descriptor: Option<&Value>,
    ) -> Result<(), Stop> {
        let mut error = json!({"message": message, "failure_type": failure_type});
        if let Some(descriptor) = descriptor {
            error["stream_descriptor"] = descriptor.clone();
        }
        self.trace("ERROR", "error", error)
    }

    /// Writes logs until no one reads them.
    pub(crate) fn flood(&mut self) -> Result<(), Stop> {
        let mut line = String::new();
        format(&json!({"type": "LOG", "log": {"level": "INFO", "message": "x".repeat(1000)}}), &mut line);
        line.push('\n');
        let lines = line.repeat(1000);
        loop {
            self.stdout.write_all(lines.as_bytes())?;
        }
    }
}

/// Returns the time in milliseconds since 1970.
pub(crate) fn now() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(now.as_millis()).unwrap_or_default()
}

/// Returns the time as Python writes a float: an integer and `.0`.
#[expect(clippy::cast_precision_loss, reason = "the time has fewer than 53 bits")]
pub(crate) fn now_with_a_point() -> f64 {
    now() as f64
}

/// Appends JSON with a space after each comma and colon, as Python writes it. `models/model.sh` writes it without.
fn format(value: &Value, line: &mut String) {
    match value {
        Value::Array(items) => {
            line.push('[');
            for (at, item) in items.iter().enumerate() {
                line.push_str(if at > 0 { ", " } else { "" });
                format(item, line);
            }
            line.push(']');
        }
        Value::Object(fields) => {
            line.push('{');
            for (at, (name, field)) in fields.iter().enumerate() {
                line.push_str(if at > 0 { ", " } else { "" });
                line.push_str(&Value::from(name.as_str()).to_string());
                line.push_str(": ");
                format(field, line);
            }
            line.push('}');
        }
        scalar => line.push_str(&scalar.to_string()),
    }
}
