//! How long a response asks the client to wait before the next request.

use super::retry::LONGEST_HINT;
use jiff::{SignedDuration, Timestamp};
use std::time::Duration;

/// When the current window of a rate limit ends. These headers have no common standard: APIs send seconds, or a Unix
/// timestamp in seconds or milliseconds.
const RESET_HEADERS: [&str; 3] = ["ratelimit-reset", "x-ratelimit-reset", "x-rate-limit-reset"];

/// Returns the wait that `Retry-After` requests, in seconds or as a date; otherwise, for status 429, the time until the rate limit's
/// window ends. `None` if no header says it in a known format. Never more than [`LONGEST_HINT`].
pub(super) fn requested_wait<'h>(
    status: u16,
    received: Timestamp,
    header: impl Fn(&str) -> Option<&'h str>,
) -> Option<Duration> {
    let until = |date: Timestamp| {
        let wait = date.duration_since(received).max(SignedDuration::ZERO);
        Duration::try_from(wait).ok()
    };
    let retry_after = header("retry-after").map(str::trim).and_then(|text| {
        // Only digits: Rust also parses `inf`, `nan` and `1e30` as numbers.
        let is_number = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        match text.parse::<f64>() {
            Ok(seconds) if is_number => Some(Duration::try_from_secs_f64(seconds).unwrap_or(LONGEST_HINT)),
            _ => until(jiff::fmt::rfc2822::parse(text).ok()?.timestamp()),
        }
    });
    let reset = || {
        let headers = RESET_HEADERS.iter().filter(|_| status == 429);
        let reset = headers.filter_map(|name| header(name)?.trim().parse::<i64>().ok()).next()?;
        match reset {
            1_000_000_000_000.. => until(Timestamp::from_millisecond(reset).ok()?),
            1_000_000_000.. => until(Timestamp::from_second(reset).ok()?),
            _ => u64::try_from(reset).ok().map(Duration::from_secs),
        }
    };
    retry_after.or_else(reset).map(|wait| wait.min(LONGEST_HINT))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wait_is_read_from_each_format() {
        let received: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        let wait = |status, name: &str, value| {
            requested_wait(status, received, |header| (header == name).then_some(value))
                .map(|wait| wait.as_secs_f64())
        };
        let longest = Some(LONGEST_HINT.as_secs_f64());
        for (value, seconds) in [
            ("120", Some(120.0)),
            (" 1.5 ", Some(1.5)),
            ("Thu, 01 Jan 2026 00:01:00 GMT", Some(60.0)),
            ("Wed, 31 Dec 2025 23:59:00 GMT", Some(0.0)),
            ("99999999999999999999999", longest),
            ("inf", None),
            ("-1", None),
            ("1e3", None),
            ("soon", None),
            ("", None),
        ] {
            assert_eq!(wait(503, "retry-after", value), seconds, "{value:?}");
        }
        for (value, seconds) in [
            ("30", Some(30.0)),
            ("1767225660", Some(60.0)),
            ("1767225660000", Some(60.0)),
            ("1767225540", Some(0.0)),
            ("9223372036854775807", None),
            ("-5", None),
        ] {
            assert_eq!(wait(429, "x-ratelimit-reset", value), seconds, "{value:?}");
            assert_eq!(
                wait(503, "x-ratelimit-reset", value),
                None,
                "{value:?}: only 429 is about the rate limit"
            );
        }
    }
}
