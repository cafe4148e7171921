//! `Retry-After` and the headers of rate limits: any value means a bounded wait, or none; a number of seconds is that wait.

#![no_main]

use airbyte_sdk::Timestamp;
use airbyte_sdk::fuzzing::{LONGEST_WAIT, requested_wait};
use libfuzzer_sys::fuzz_target;
use std::time::Duration;

fuzz_target!(|data: (u16, bool, &str)| {
    let (status, is_reset, value) = data;
    let name = if is_reset { "x-ratelimit-reset" } else { "retry-after" };
    if let Some(wait) =
        requested_wait(status, Timestamp::UNIX_EPOCH, |header| (header == name).then_some(value))
    {
        assert!(wait <= LONGEST_WAIT, "{value:?}: {wait:?}");
    }
    if let (false, Ok(seconds)) = (is_reset, value.parse::<u32>())
        && !value.starts_with('+')
    {
        let expected = Duration::from_secs(seconds.into()).min(LONGEST_WAIT);
        assert_eq!(requested_wait(status, Timestamp::UNIX_EPOCH, |_| Some(value)), Some(expected));
    }
});
