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

/// Keeps requests within limits. When a request goes out is a pure function of when the others did, and of who came
/// before.
#[derive(Debug, Default)]
pub(super) struct Limiter {
    limits: Vec<RateLimit>,
    /// When requests went out; as many as the largest limit counts.
    sent: VecDeque<Duration>,
    /// Who waits for a turn, in the order of coming.
    waiting: VecDeque<u64>,
    last_place: u64,
    /// The service has asked not to be asked before.
    held_until: Duration,
}

impl Limiter {
    pub(super) fn new(limits: Vec<RateLimit>) -> Self {
        Self { limits, ..Self::default() }
    }

    /// A place in the queue.
    pub(super) fn queue(&mut self) -> u64 {
        self.last_place += 1;
        self.waiting.push_back(self.last_place);
        self.last_place
    }

    /// Gives a place up.
    pub(super) fn leave(&mut self, place: u64) {
        self.waiting.retain(|waiting| *waiting != place);
    }

    /// When whoever has this place may go, or whoever comes now, as far as can be told: those who came before go as soon
    /// as they may. If it is now, it is [taken](Self::take) or [given up](Self::leave).
    pub(super) fn turn(&self, place: Option<u64>, now: Duration) -> Duration {
        let ahead = place.and_then(|place| self.waiting.iter().position(|waiting| *waiting == place));
        let mut planned = Vec::new();
        for _ in 0..ahead.unwrap_or(self.waiting.len()) {
            planned.push(self.next(&planned, now));
        }
        self.next(&planned, now)
    }

    /// When the service allows another request, whoever may send it.
    pub(super) fn free(&self, now: Duration) -> Duration {
        self.next(&[], now)
    }

    /// When a request may go out after those that went and these.
    fn next(&self, planned: &[Duration], now: Duration) -> Duration {
        let free = |limit: &RateLimit| {
            let oldest = (self.sent.len() + planned.len()).checked_sub(limit.requests as usize)?;
            let sent = self.sent.get(oldest).or_else(|| planned.get(oldest - self.sent.len()));
            sent.map(|sent| sent.saturating_add(limit.per).saturating_add(SLACK))
        };
        self.limits.iter().filter_map(free).max().unwrap_or(now).max(now).max(self.held_until)
    }

    /// Nobody asks before this time.
    pub(super) fn hold(&mut self, until: Duration) {
        self.held_until = self.held_until.max(until);
    }

    /// Notes that whoever has this place goes now.
    pub(super) fn take(&mut self, place: u64, now: Duration) {
        self.leave(place);
        let Some(most) = self.limits.iter().map(|limit| limit.requests as usize).max() else { return };
        if self.sent.len() >= most {
            self.sent.pop_front();
        }
        self.sent.push_back(now);
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
            let place = limiter.queue();
            now = limiter.turn(Some(place), now + Duration::from_millis(after));
            limiter.take(place, now);
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

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn what_one_is_told_holds_for_all_also_for_those_who_wait() {
        let mut limiter = Limiter::new(vec![RateLimit::per_second(1)]);
        let [first, second] = [limiter.queue(), limiter.queue()];
        limiter.take(first, SECOND * 2);
        assert_eq!(limiter.turn(Some(second), SECOND * 2), SECOND * 3 + SLACK);
        limiter.hold(SECOND * 7);
        limiter.hold(SECOND * 5);
        assert_eq!(limiter.turn(Some(second), SECOND * 3 + SLACK), SECOND * 7);
        assert_eq!(limiter.turn(None, SECOND * 4), SECOND * 8 + SLACK);
        assert_eq!(limiter.turn(Some(second), SECOND * 8), SECOND * 8);
    }

    #[test]
    fn who_comes_later_goes_later_and_a_place_that_is_given_up_is_free() {
        let mut limiter = Limiter::new(vec![RateLimit::per_minute(2)]);
        let places = [(); 5].map(|()| limiter.queue());
        let minutes = |limiter: &Limiter, places: &[u64]| -> Vec<u64> {
            places.iter().map(|place| limiter.turn(Some(*place), Duration::ZERO).as_secs() / 60).collect()
        };
        assert_eq!(minutes(&limiter, &places), [0, 0, 1, 1, 2]);
        limiter.leave(places[1]);
        assert_eq!(minutes(&limiter, &places[2..]), [0, 1, 1]);
        // Not first, but there is room for all who came before.
        limiter.take(places[2], Duration::ZERO);
        assert_eq!(minutes(&limiter, &[places[0], places[3]]), [0, 1]);
    }

    /// What happens to threads that ask, sleep until their turn, and wake too late.
    enum What {
        Comes { pauses: Vec<u64> },
        Wakes { place: u64, pauses: Vec<u64> },
        Hold { wait: u64 },
    }

    /// When requests leave, and from when until when none may.
    fn played(limiter: &mut Limiter, threads: &[Vec<u64>], late: &[u64], holds: &[(u64, u64)]) -> Played {
        let mut played = Played::default();
        let mut late = late.iter().cycle();
        let mut events = std::collections::BTreeMap::new();
        let mut count = 0_u64;
        let mut add = |events: &mut std::collections::BTreeMap<_, _>, at: u64, what| {
            count += 1;
            events.insert((at, count), what);
        };
        for pauses in threads {
            add(&mut events, 0, What::Comes { pauses: pauses.clone() });
        }
        for (at, wait) in holds {
            add(&mut events, *at, What::Hold { wait: *wait });
        }
        while let Some(((now, _), what)) = events.pop_first() {
            let time = Duration::from_millis(now);
            let (place, mut pauses) = match what {
                What::Comes { pauses } => (limiter.queue(), pauses),
                What::Wakes { place, pauses } => (place, pauses),
                What::Hold { wait } => {
                    limiter.hold(time + Duration::from_millis(wait));
                    played.holds.push((now, now + wait));
                    continue;
                }
            };
            let at = limiter.turn(Some(place), time);
            if at > time {
                let at = u64::try_from(at.as_millis()).unwrap() + late.next().unwrap_or(&0);
                add(&mut events, at, What::Wakes { place, pauses });
                continue;
            }
            limiter.take(place, time);
            played.left.push(now);
            if let Some(pause) = pauses.pop() {
                add(&mut events, now + pause, What::Comes { pauses });
            }
        }
        played
    }

    #[derive(Default)]
    struct Played {
        left: Vec<u64>,
        holds: Vec<(u64, u64)>,
    }

    proptest! {
        #[test]
        fn no_window_ever_holds_more(
            limits in prop::collection::vec((1..5_u32, 1..9_000_u64), 1..3),
            waits in prop::collection::vec(0..3_000_u64, 0..40),
        ) {
            let limits: Vec<RateLimit> =
                limits.into_iter().map(|(requests, per)| RateLimit::new(requests, Duration::from_millis(per))).collect();
            assert_within(&limits, &times(&limits, waits))?;
        }

        #[test]
        fn threads_that_oversleep_make_no_window_hold_more(
            limits in prop::collection::vec((1..5_u32, 1..9_000_u64), 1..3),
            threads in prop::collection::vec(prop::collection::vec(0..3_000_u64, 0..6), 1..9),
            late in prop::collection::vec(prop_oneof![Just(0), 0..20_000_u64], 1..20),
            holds in prop::collection::vec((0..30_000_u64, 0..20_000_u64), 0..3),
        ) {
            let limits: Vec<RateLimit> =
                limits.into_iter().map(|(requests, per)| RateLimit::new(requests, Duration::from_millis(per))).collect();
            let mut limiter = Limiter::new(limits.clone());
            let Played { left, holds } = played(&mut limiter, &threads, &late, &holds);
            prop_assert_eq!(left.len(), threads.iter().map(|pauses| pauses.len() + 1).sum::<usize>());
            assert_within(&limits, &left)?;
            for (from, until) in holds {
                prop_assert!(left.iter().all(|left| !(from + 1..until).contains(left)), "{left:?} {from}");
            }
        }
    }

    fn assert_within(limits: &[RateLimit], times: &[u64]) -> Result<(), TestCaseError> {
        for limit in limits {
            for window in times.windows(limit.requests as usize + 1) {
                prop_assert!(window[window.len() - 1] - window[0] > limit.per.as_millis() as u64);
            }
        }
        Ok(())
    }
}
