//! Parsers of responses, for the fuzz targets.

pub use super::body::fuzzing::{Chunks, csv_rows, elements, json_lines, utf8};

use super::{pagination, retry, retry_after};
use jiff::Timestamp;
use std::time::Duration;

/// The longest wait that is reported.
pub const LONGEST_WAIT: Duration = retry::LONGEST_HINT;

/// Returns the URL of the next page.
pub fn next_link(base: &str, reference: &str) -> Option<String> {
    pagination::resolve_at_origin(base, reference)
}

/// Returns how long a response with this status and these headers asks to wait.
pub fn requested_wait<'h>(
    status: u16,
    received: Timestamp,
    header: impl Fn(&str) -> Option<&'h str>,
) -> Option<Duration> {
    retry_after::requested_wait(status, received, header)
}
