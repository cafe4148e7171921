//! The connections of the client, with what ureq does not tell about them.
//!
//! ureq takes a reset connection, and TLS that ends without `close_notify`, for the end of a body that has neither a
//! length nor chunks; and within one read it may take in bytes that are no body (chunk trailers, chunk extensions, TLS
//! records without data) for as long as they come. Both are seen at the connection only. So each connection is wrapped,
//! and shares an [`Exchange`] with the response that is read from it: the connection notes how it ended, and stops
//! waiting when the time of a piece is over.
//!
//! Requests take connections out of a pool, and ureq has no way to hand anything to the one it takes. The exchange is
//! therefore left in a thread-local while the request is sent: ureq sends it on the calling thread, and a connection
//! that sends looks there.
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

/// An agent whose connections are watched.
pub(super) fn agent(config: Config) -> Agent {
    Agent::with_parts(config, DefaultConnector::new().chain(Watch), DefaultResolver::default())
}

/// Sends a request on this thread. Each piece of the response's body may take `patience`.
pub(super) fn run(
    patience: Duration,
    send: impl FnOnce() -> Result<http::Response<Body>, Error>,
) -> Result<http::Response<Body>, Error> {
    let exchange = Arc::new(Exchange::new(patience));
    let current = Current::set(Arc::clone(&exchange));
    let mut answer = send()?;
    drop(current);
    answer.extensions_mut().insert(exchange);
    Ok(answer)
}

/// How the body of a response came to its end.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum End {
    /// The connection is open, or the server has ended TLS in due form: nothing was cut off.
    Proven,
    /// The connection was closed. So it is when a server has sent everything, and when it or a proxy crashes.
    Unproven,
    /// The connection was reset.
    Reset,
}

/// What a connection and the response that is read from it know of each other.
#[derive(Debug)]
pub(super) struct Exchange {
    began: Instant,
    patience: Duration,
    /// When the wait for a piece began, in nanoseconds from `began`; or one of the two below.
    since: AtomicU64,
    end: AtomicU8,
}

/// No piece is waited for: the head has limits of its own.
const NO_PIECE: u64 = u64::MAX;
/// The wait for a piece begins with the next read from the connection.
const NEXT_PIECE: u64 = u64::MAX - 1;

impl Exchange {
    pub(super) fn new(patience: Duration) -> Self {
        Self { began: Instant::now(), patience, since: AtomicU64::new(NO_PIECE), end: AtomicU8::new(0) }
    }

    /// The next read from the connection begins a piece, and its time.
    pub(super) fn begin_piece(&self) {
        self.since.store(NEXT_PIECE, Relaxed);
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

    /// Whether a piece has taken too long. To be asked wherever bytes are taken in without looking at the connection.
    pub(super) fn is_over(&self) -> bool {
        self.left().is_some_and(|left| left.is_zero())
    }

    /// What is left of a piece's time, if one is waited for.
    fn left(&self) -> Option<Duration> {
        let now = u64::try_from(self.began.elapsed().as_nanos()).unwrap_or(NEXT_PIECE - 1);
        match self.since.load(Relaxed) {
            NO_PIECE => None,
            NEXT_PIECE => {
                self.since.store(now, Relaxed);
                Some(self.patience)
            }
            since => Some(self.patience.saturating_sub(Duration::from_nanos(now.saturating_sub(since)))),
        }
    }
}

thread_local! {
    static CURRENT: RefCell<Option<Arc<Exchange>>> = const { RefCell::new(None) };
}

/// While this exists, connections that send on this thread belong to its exchange.
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

/// The last link of the chain of connectors.
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
    /// That of the request that was sent last.
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
            // Nothing also comes into a buffer that is full.
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
