//! How many requests a service allows, counted by everybody who asks: pages, retries, and `check` alike.

use std::collections::VecDeque;
use std::time::Duration;

/// So many requests in any stretch of time of this length.
///
/// ```
/// use airbyte_sdk::http::RateLimit;
///
/// let limits = [RateLimit::per_minute(5), RateLimit::per_day(1000)];
/// # let _ = limits;
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimit {
    requests: u32,
    per: Duration,
}

impl RateLimit {
    /// So many requests in any stretch of this length. None at all would be no limit but a dead end: 0 counts as 1.
    #[must_use]
    pub const fn new(requests: u32, per: Duration) -> Self {
        Self { requests: if requests == 0 { 1 } else { requests }, per }
    }

    /// So many requests in any second.
    #[must_use]
    pub const fn per_second(requests: u32) -> Self {
        Self::new(requests, Duration::from_secs(1))
    }

    /// So many requests in any minute.
    #[must_use]
    pub const fn per_minute(requests: u32) -> Self {
        Self::new(requests, Duration::from_secs(60))
    }

    /// So many requests in any hour.
    #[must_use]
    pub const fn per_hour(requests: u32) -> Self {
        Self::new(requests, Duration::from_secs(60 * 60))
    }

    /// So many requests in any 24 hours.
    #[must_use]
    pub const fn per_day(requests: u32) -> Self {
        Self::new(requests, Duration::from_secs(24 * 60 * 60))
    }
}

type Limit = (u32, fn(u32) -> RateLimit);

/// Limits with their numbers, some of them from a configuration, where 0 is no limit.
pub fn limits<const N: usize>(limits: [Limit; N]) -> Vec<RateLimit> {
    limits
        .into_iter()
        .filter(|(requests, _)| *requests > 0)
        .map(|(requests, limit)| limit(requests))
        .collect()
}

/// The service counts when a request arrives, and clocks differ: this much is added to a window.
const SLACK: Duration = Duration::from_millis(250);

/// Keeps requests within limits. When a request goes out is a pure function of when the others did.
#[derive(Debug, Default)]
pub(super) struct Limiter {
    limits: Vec<RateLimit>,
    /// When requests went out, or will; as many as the largest limit counts.
    sent: VecDeque<Duration>,
    /// The service has asked not to be asked before.
    held_until: Duration,
}

impl Limiter {
    pub(super) fn new(limits: Vec<RateLimit>) -> Self {
        Self { limits, ..Self::default() }
    }

    /// When the next request may go out.
    pub(super) fn next(&self, now: Duration) -> Duration {
        let free = |limit: &RateLimit| {
            let oldest = self.sent.len().checked_sub(limit.requests as usize)?;
            self.sent.get(oldest).map(|sent| sent.saturating_add(limit.per).saturating_add(SLACK))
        };
        self.limits.iter().filter_map(free).max().unwrap_or(now).max(now).max(self.held_until)
    }

    /// Nobody asks before this time.
    pub(super) fn hold(&mut self, until: Duration) {
        self.held_until = self.held_until.max(until);
    }

    /// Notes a request that goes out at this time.
    pub(super) fn take(&mut self, at: Duration) {
        let Some(most) = self.limits.iter().map(|limit| limit.requests as usize).max() else { return };
        if self.sent.len() >= most {
            self.sent.pop_front();
        }
        self.sent.push_back(at);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn times(limits: &[RateLimit], asked: impl IntoIterator<Item = u64>) -> Vec<u64> {
        let mut limiter = Limiter::new(limits.to_vec());
        let mut now = Duration::ZERO;
        let mut next = |after: u64| {
            now = limiter.next(now + Duration::from_millis(after));
            limiter.take(now);
            u64::try_from(now.as_millis()).unwrap()
        };
        asked.into_iter().map(&mut next).collect()
    }

    #[test]
    fn a_burst_is_allowed_and_then_the_oldest_must_be_old_enough() {
        assert_eq!(times(&[], [0; 3]), [0, 0, 0]);
        assert_eq!(times(&[RateLimit::per_minute(2)], [0, 100, 0, 0]), [0, 100, 60_250, 60_350]);
        let both = [RateLimit::per_second(1), RateLimit::per_minute(2)];
        assert_eq!(times(&both, [0, 0, 0]), [0, 1_250, 60_250]);
    }

    #[test]
    fn what_one_is_told_holds_for_all() {
        let mut limiter = Limiter::new(Vec::new());
        limiter.hold(Duration::from_secs(7));
        limiter.hold(Duration::from_secs(5));
        assert_eq!(limiter.next(Duration::from_secs(3)), Duration::from_secs(7));
        assert_eq!(limiter.next(Duration::from_secs(8)), Duration::from_secs(8));
    }

    proptest! {
        #[test]
        fn no_window_ever_holds_more(
            limits in prop::collection::vec((1..5_u32, 1..9_000_u64), 1..3),
            waits in prop::collection::vec(0..3_000_u64, 0..40),
        ) {
            let limits: Vec<RateLimit> =
                limits.into_iter().map(|(requests, per)| RateLimit::new(requests, Duration::from_millis(per))).collect();
            let times = times(&limits, waits);
            for limit in limits {
                for window in times.windows(limit.requests as usize + 1) {
                    prop_assert!(window[window.len() - 1] - window[0] > limit.per.as_millis() as u64);
                }
            }
        }
    }
}
