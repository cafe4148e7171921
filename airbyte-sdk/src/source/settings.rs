//! The settings of a source beside its streams.

use super::Source;
use crate::error::Result;
use crate::http::Http;
use std::time::Duration;

impl<C: Sync> Source<C> {
    /// Sets the function that checks the connection. By default, `check` fetches each stream up to its first record.
    ///
    /// Return [`Error::config`](crate::Error::config) for a problem that the user can fix: the platform shows it next to the form. Any other error
    /// means that the connection could not be checked.
    #[must_use]
    pub fn check(mut self, check: impl Fn(&C, &Http) -> Result<()> + Send + Sync + 'static) -> Self {
        self.check = Some(Box::new(check));
        self
    }

    /// Sets how long `check` and `discover` may take; 5 minutes by default. After that they fail with a transient error. The
    /// platform itself gives up after 9 minutes, without an explanation.
    #[must_use]
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// Completes the read successfully, with a checkpoint, when the rate limit would block it for more than 5 minutes. The
    /// next sync resumes there.
    ///
    /// By default this is a transient error, and it remains one for streams that cannot be resumed in the middle.
    #[must_use]
    pub fn stop_when_exhausted(mut self) -> Self {
        self.stops_when_exhausted = true;
        self
    }

    /// Sets how many partitions, windows and streams are read at the same time, each by a thread of its own; 4 by default, at most 64.
    /// 0 counts as 1. With 1, one partition and one stream is read after the other.
    ///
    /// The first streams of the catalog, and the first partitions of a list, are read first. All threads share the rate limits
    /// and the pauses that the API requests. Memory grows for each by what its fetch function holds, such as a page.
    ///
    /// The variable `AIRBYTE_SDK_CONCURRENCY` in the environment overrides this, for debugging.
    #[must_use]
    pub fn concurrency(mut self, count: impl Fn(&C) -> u32 + Send + Sync + 'static) -> Self {
        self.concurrency = Some(Box::new(count));
        self
    }

    /// Lets these streams be read one after the other, and each of them one partition or window at a time, because the API does not
    /// allow more: it prepares one export at a time, say. Other streams are still read at the same time.
    ///
    /// Can be called several times, for groups of streams that are independent of each other.
    #[must_use]
    pub fn one_at_a_time(mut self, streams: impl IntoIterator<Item = &'static str>) -> Self {
        self.one_at_a_time.push(streams.into_iter().collect());
        self
    }
}
