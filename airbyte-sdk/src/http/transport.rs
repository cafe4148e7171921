//! Observes the client's connections for what ureq does not report.
//!
//! ureq takes a reset connection, and TLS that ends without `close_notify`, for the end of a body that has neither a
//! length nor chunks. And within one read it may consume bytes that are not part of the body (chunk trailers, chunk
//! extensions, TLS records without data) for as long as they arrive. Both can only be noticed at the connection. So
//! each connection is wrapped, and shares an [`Exchange`] with the response that is read from it: the connection notes
//! how it ended, and stops waiting when the time of an item is over.
//!
//! Requests take connections out of a pool, and ureq cannot pass anything to the one it takes. So the exchange is kept
//! in a thread-local while the request is sent: ureq sends it on the calling thread, and the connection that sends
//! reads the thread-local.
//!
//! `ureq::unversioned` may change in any release, so the manifest names the exact version of ureq.

use std::cell::RefCell;
use std::io::ErrorKind;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};
use ureq::config::Config;
use ureq::unversioned::resolver::DefaultResolver;
use ureq::unversioned::transport::{
    Buffers, ConnectionDetails, Connector, DefaultConnector, NextTimeout, Transport, time,
};
use ureq::{Agent, Body, Error, Timeout, http};

/// Returns an agent whose connections are observed.
pub(super) fn agent(config: Config) -> Agent {
    Agent::with_parts(config, DefaultConnector::new().chain(Watch), DefaultResolver::default())
}

/// Sends a request on this thread. Each item of the response's body may take `item_timeout`.
pub(super) fn run(
    item_timeout: Duration,
    send: impl FnOnce() -> Result<http::Response<Body>, Error>,
) -> Result<http::Response<Body>, Error> {
    let exchange = Arc::new(Exchange::new(item_timeout));
    let current = Current::set(Arc::clone(&exchange));
    let mut response = send()?;
    drop(current);
    response.extensions_mut().insert(exchange);
    Ok(response)
}

/// How the connection ended after a body.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum End {
    /// The connection is open, or TLS ended with `close_notify`: nothing was cut off.
    Proven,
    /// The connection was closed: the server may have sent everything, or it or a proxy may have crashed.
    Unproven,
    /// The connection was reset.
    Reset,
}

/// State that a connection shares with the response that is read from it.
#[derive(Debug)]
pub(super) struct Exchange {
    began: Instant,
    item_timeout: Duration,
    /// When the time of the item began, in nanoseconds since `began`; or one of the two constants below.
    since: AtomicU64,
    end: AtomicU8,
}

/// No item is read: the head has its own timeout.
const NO_ITEM: u64 = u64::MAX;
/// The time of an item begins with the next read.
const NEXT_ITEM: u64 = u64::MAX - 1;

impl Exchange {
    pub(super) fn new(item_timeout: Duration) -> Self {
        Self { began: Instant::now(), item_timeout, since: AtomicU64::new(NO_ITEM), end: AtomicU8::new(0) }
    }

    /// Lets the time of an item begin with the next read from the connection.
    pub(super) fn begin_item(&self) {
        self.since.store(NEXT_ITEM, Relaxed);
    }

    pub(super) fn end(&self) -> End {
        match self.end.load(Relaxed) {
            0 => End::Proven,
            1 => End::Unproven,
            _ => End::Reset,
        }
    }

    pub(super) fn ended(&self, end: End) {
        self.end.store(end as u8, Relaxed);
    }

    /// Returns whether the item has taken too long. Must be checked wherever input is consumed without a read from the
    /// connection.
    pub(super) fn has_timed_out(&self) -> bool {
        self.left().is_some_and(|left| left.is_zero())
    }

    /// Returns the remaining time of the item, if one is read.
    fn left(&self) -> Option<Duration> {
        let now = u64::try_from(self.began.elapsed().as_nanos()).unwrap_or(NEXT_ITEM - 1);
        match self.since.load(Relaxed) {
            NO_ITEM => None,
            NEXT_ITEM => {
                self.since.store(now, Relaxed);
                Some(self.item_timeout)
            }
            since => Some(self.item_timeout.saturating_sub(Duration::from_nanos(now.saturating_sub(since)))),
        }
    }
}

thread_local! {
    static CURRENT: RefCell<Option<Arc<Exchange>>> = const { RefCell::new(None) };
}

/// While this exists, a connection that sends on this thread belongs to its exchange.
struct Current;

impl Current {
    fn set(exchange: Arc<Exchange>) -> Self {
        CURRENT.set(Some(exchange));
        Self
    }
}

impl Drop for Current {
    fn drop(&mut self) {
        CURRENT.set(None);
    }
}

/// The last connector of the chain. Wraps connections.
#[derive(Debug)]
struct Watch;

impl<In: Transport> Connector<In> for Watch {
    type Out = Watched<In>;

    fn connect(&self, _: &ConnectionDetails, chained: Option<In>) -> Result<Option<Self::Out>, Error> {
        Ok(chained.map(|connection| Watched { connection, exchange: None }))
    }
}

#[derive(Debug)]
struct Watched<T> {
    connection: T,
    /// The exchange of the last request.
    exchange: Option<Arc<Exchange>>,
}

impl<T: Transport> Transport for Watched<T> {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.connection.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        if let Some(exchange) = CURRENT.with_borrow(Clone::clone) {
            self.exchange = Some(exchange);
        }
        self.connection.transmit_output(amount, timeout)
    }

    fn await_input(&mut self, mut timeout: NextTimeout) -> Result<bool, Error> {
        let Some(exchange) = &self.exchange else { return self.connection.await_input(timeout) };
        if let Some(left) = exchange.left() {
            if left.is_zero() {
                return Err(Error::Timeout(Timeout::RecvBody));
            }
            let left = time::Duration::from(left);
            if left < timeout.after {
                (timeout.after, timeout.reason) = (left, Timeout::RecvBody);
            }
        }
        let outcome = self.connection.await_input(timeout);
        match &outcome {
            // Reading zero bytes into a full buffer is not the end.
            Ok(false) if !self.connection.buffers().input_append_buf().is_empty() => {
                exchange.ended(if self.connection.is_tls() { End::Proven } else { End::Unproven });
            }
            Err(Error::Io(error)) => match error.kind() {
                // TLS without `close_notify`.
                ErrorKind::UnexpectedEof => exchange.ended(End::Unproven),
                _ => exchange.ended(End::Reset),
            },
            _ => {}
        }
        outcome
    }

    fn is_open(&mut self) -> bool {
        self.connection.is_open()
    }

    fn is_tls(&self) -> bool {
        self.connection.is_tls()
    }
}
