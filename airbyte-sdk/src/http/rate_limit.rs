//! Rate limits, and when the next request may be sent. All requests of a run count: pages, retries, token requests and
//! `check`.

use std::collections::VecDeque;
use std::time::Duration;

/// A number of requests that may be sent in any period of a given length.
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
    /// Allows this many requests in any period of this length. 0 counts as 1, since with 0 no
    /// request could be sent.
    #[must_use]
    pub const fn new(requests: u32, per: Duration) -> Self {
        Self { requests: if requests == 0 { 1 } else { requests }, per }
    }

    /// Allows this many requests in any second.
    #[must_use]
    pub const fn per_second(requests: u32) -> Self {
        Self::new(requests, Duration::from_secs(1))
    }

    /// Allows this many requests in any minute.
    #[must_use]
    pub const fn per_minute(requests: u32) -> Self {
        Self::new(requests, Duration::from_secs(60))
    }

    /// Allows this many requests in any hour.
    #[must_use]
    pub const fn per_hour(requests: u32) -> Self {
        Self::new(requests, Duration::from_secs(60 * 60))
    }

    /// Allows this many requests in any 24 hours.
    #[must_use]
    pub const fn per_day(requests: u32) -> Self {
        Self::new(requests, Duration::from_secs(24 * 60 * 60))
    }
}

type Limit = (u32, fn(u32) -> RateLimit);

/// Builds rate limits from numbers, some of which may come from a configuration, where 0 means no limit.
pub fn limits<const N: usize>(limits: [Limit; N]) -> Vec<RateLimit> {
    limits
        .into_iter()
        .filter(|(requests, _)| *requests > 0)
        .map(|(requests, limit)| limit(requests))
        .collect()
}

/// Added to each period, because the API counts requests when they arrive, and clocks differ.
const SLACK: Duration = Duration::from_millis(250);

/// A place in the queue: the lowest rank is served first, and among equal ranks the one that came first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Ticket {
    rank: u64,
    number: u64,
}

/// Computes when requests may be sent: a pure function of when others were sent, and of the queue.
#[derive(Debug, Default)]
pub(super) struct Limiter {
    limits: Vec<RateLimit>,
    /// When the last requests were sent; as many as the largest limit counts.
    sent: VecDeque<Duration>,
    /// The tickets that wait, in the order in which they are served.
    waiting: Vec<Ticket>,
    last_number: u64,
    /// The time until which the API requested a pause.
    paused_until: Duration,
}

impl Limiter {
    pub(super) fn new(limits: Vec<RateLimit>) -> Self {
        Self { limits, ..Self::default() }
    }

    /// Adds a ticket to the queue, behind those of the same rank.
    pub(super) fn queue(&mut self, rank: u64) -> Ticket {
        self.last_number += 1;
        let ticket = Ticket { rank, number: self.last_number };
        self.waiting.insert(self.ahead_of(ticket), ticket);
        ticket
    }

    /// Removes a ticket from the queue.
    pub(super) fn leave(&mut self, ticket: Ticket) {
        self.waiting.retain(|waiting| *waiting != ticket);
    }

    /// Returns when a request with this ticket may be sent, assuming that those before it are sent as soon as possible. If
    /// that is now, the caller must [take](Self::take) or [leave](Self::leave).
    pub(super) fn turn(&self, ticket: Ticket, now: Duration) -> Duration {
        let mut planned = Vec::new();
        for _ in 0..self.ahead_of(ticket) {
            planned.push(self.next(&planned, now));
        }
        self.next(&planned, now)
    }

    /// Returns the same for a ticket that is queued now.
    pub(super) fn turn_of_new(&self, rank: u64, now: Duration) -> Duration {
        self.turn(Ticket { rank, number: u64::MAX }, now)
    }

    /// Returns the number of tickets before this one.
    fn ahead_of(&self, ticket: Ticket) -> usize {
        self.waiting.partition_point(|waiting| *waiting < ticket)
    }

    /// Returns when the API allows the next request, whichever it is.
    pub(super) fn free(&self, now: Duration) -> Duration {
        self.next(&[], now)
    }

    /// Returns when a request may be sent after those that were sent and those that are planned.
    fn next(&self, planned: &[Duration], now: Duration) -> Duration {
        let free = |limit: &RateLimit| {
            let oldest = (self.sent.len() + planned.len()).checked_sub(limit.requests as usize)?;
            let sent = self.sent.get(oldest).or_else(|| planned.get(oldest - self.sent.len()));
            sent.map(|sent| sent.saturating_add(limit.per).saturating_add(SLACK))
        };
        self.limits.iter().filter_map(free).max().unwrap_or(now).max(now).max(self.paused_until)
    }

    /// Lets no request be sent before this time.
    pub(super) fn pause(&mut self, until: Duration) {
        self.paused_until = self.paused_until.max(until);
    }

    /// Records that the request with this ticket is sent now.
    pub(super) fn take(&mut self, ticket: Ticket, now: Duration) {
        self.leave(ticket);
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

    fn times(limits: &[RateLimit], requested: impl IntoIterator<Item = u64>) -> Vec<u64> {
        let mut limiter = Limiter::new(limits.to_vec());
        let mut now = Duration::ZERO;
        let mut next = |after: u64| {
            let ticket = limiter.queue(0);
            now = limiter.turn(ticket, now + Duration::from_millis(after));
            limiter.take(ticket, now);
            u64::try_from(now.as_millis()).unwrap()
        };
        requested.into_iter().map(&mut next).collect()
    }

    #[test]
    fn burst_is_allowed_and_then_the_oldest_request_must_leave_the_period() {
        assert_eq!(times(&[], [0; 3]), [0, 0, 0]);
        assert_eq!(times(&[RateLimit::per_minute(2)], [0, 100, 0, 0]), [0, 100, 60_250, 60_350]);
        let both = [RateLimit::per_second(1), RateLimit::per_minute(2)];
        assert_eq!(times(&both, [0, 0, 0]), [0, 1_250, 60_250]);
    }

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn pause_applies_to_waiting_and_new_requests() {
        let mut limiter = Limiter::new(vec![RateLimit::per_second(1)]);
        let [first, second] = [limiter.queue(0), limiter.queue(0)];
        limiter.take(first, SECOND * 2);
        assert_eq!(limiter.turn(second, SECOND * 2), SECOND * 3 + SLACK);
        limiter.pause(SECOND * 7);
        limiter.pause(SECOND * 5);
        assert_eq!(limiter.turn(second, SECOND * 3 + SLACK), SECOND * 7);
        assert_eq!(limiter.turn_of_new(0, SECOND * 4), SECOND * 8 + SLACK);
        assert_eq!(limiter.turn(second, SECOND * 8), SECOND * 8);
    }

    #[test]
    fn requests_are_sent_in_order_and_a_returned_ticket_is_free() {
        let mut limiter = Limiter::new(vec![RateLimit::per_minute(2)]);
        let tickets = [(); 5].map(|()| limiter.queue(0));
        let minutes = |limiter: &Limiter, tickets: &[Ticket]| -> Vec<u64> {
            tickets.iter().map(|ticket| limiter.turn(*ticket, Duration::ZERO).as_secs() / 60).collect()
        };
        assert_eq!(minutes(&limiter, &tickets), [0, 0, 1, 1, 2]);
        limiter.leave(tickets[1]);
        assert_eq!(minutes(&limiter, &tickets[2..]), [0, 1, 1]);
        // Not the first in the queue, but the limit allows all before it.
        limiter.take(tickets[2], Duration::ZERO);
        assert_eq!(minutes(&limiter, &[tickets[0], tickets[3]]), [0, 1]);
    }

    #[test]
    fn lowest_rank_is_served_first() {
        let mut limiter = Limiter::new(vec![RateLimit::per_minute(1)]);
        let tickets = [5, 2, 5, 0].map(|rank| limiter.queue(rank));
        let minutes = tickets.map(|ticket| limiter.turn(ticket, Duration::ZERO).as_secs() / 60);
        assert_eq!(minutes, [2, 1, 3, 0]);
        assert_eq!(limiter.turn_of_new(2, Duration::ZERO).as_secs() / 60, 2);
        limiter.leave(tickets[1]);
        assert_eq!(limiter.turn(tickets[0], Duration::ZERO).as_secs() / 60, 1);
    }

    /// Events of threads that take a ticket, sleep until their turn, and wake up late.
    enum What {
        Comes { pauses: Vec<u64> },
        Wakes { ticket: Ticket, pauses: Vec<u64> },
        Pause { wait: u64 },
    }

    /// Simulates the threads: when requests are sent, and the periods of the pauses.
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
            add(&mut events, *at, What::Pause { wait: *wait });
        }
        while let Some(((now, _), what)) = events.pop_first() {
            let time = Duration::from_millis(now);
            let (ticket, mut pauses) = match what {
                // Any ranks: they change the order only.
                What::Comes { pauses } => (limiter.queue(pauses.len() as u64 % 3), pauses),
                What::Wakes { ticket, pauses } => (ticket, pauses),
                What::Pause { wait } => {
                    limiter.pause(time + Duration::from_millis(wait));
                    played.holds.push((now, now + wait));
                    continue;
                }
            };
            let at = limiter.turn(ticket, time);
            if at > time {
                let at = u64::try_from(at.as_millis()).unwrap() + late.next().unwrap_or(&0);
                add(&mut events, at, What::Wakes { ticket, pauses });
                continue;
            }
            limiter.take(ticket, time);
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
        fn no_period_has_more_requests_than_allowed(
            limits in prop::collection::vec((1..5_u32, 1..9_000_u64), 1..3),
            waits in prop::collection::vec(0..3_000_u64, 0..40),
        ) {
            let limits: Vec<RateLimit> =
                limits.into_iter().map(|(requests, per)| RateLimit::new(requests, Duration::from_millis(per))).collect();
            assert_within(&limits, &times(&limits, waits))?;
        }

        #[test]
        fn threads_that_wake_up_late_stay_within_the_limits(
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
