//! The timeouts and size limits of requests.

use std::time::Duration;

/// The timeouts and size limits of requests. Change those that do not suit an API, and pass the result to
/// [`Http::transfer_limits`](super::Http::transfer_limits).
///
/// ```
/// use airbyte_sdk::http::TransferLimits;
/// use std::time::Duration;
///
/// // The API takes minutes to create a report.
/// let patient = TransferLimits::default().response_timeout(Duration::from_secs(300));
/// # let _ = patient;
/// ```
#[derive(Clone, Copy, Debug)]
pub struct TransferLimits {
    pub(super) connect_timeout: Duration,
    pub(super) response_timeout: Duration,
    pub(super) idle_timeout: Duration,
    pub(super) body_timeout: Duration,
    pub(super) max_head_size: usize,
    pub(super) max_body_size: u64,
}

/// The longest timeout: adding a longer one to an `Instant` could overflow. In effect it is unlimited, as
/// `Duration::MAX` is meant to be.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 60 * 60);

impl Default for TransferLimits {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(30),
            response_timeout: Duration::from_secs(60),
            idle_timeout: Duration::from_secs(60),
            body_timeout: Duration::from_secs(600),
            max_head_size: 64 << 10,
            max_body_size: 256 << 20,
        }
    }
}

impl TransferLimits {
    /// Sets the timeout for connecting, including the TLS handshake. The default is 30 s. DNS lookups have the timeout
    /// of the operating system.
    #[must_use]
    pub fn connect_timeout(self, timeout: Duration) -> Self {
        Self { connect_timeout: timeout.min(LONGEST), ..self }
    }

    /// Sets the timeout from the end of the request to the end of the response headers. The default is 60 s.
    #[must_use]
    #[doc(alias = "first_byte")]
    pub fn response_timeout(self, timeout: Duration) -> Self {
        Self { response_timeout: timeout.min(LONGEST), ..self }
    }

    /// Sets the timeout for a single read or write that transfers no byte. The default is 60 s. For reads it is at
    /// least the [`response_timeout`](Self::response_timeout).
    #[must_use]
    #[doc(alias("read_timeout", "write_timeout"))]
    pub fn idle_timeout(self, timeout: Duration) -> Self {
        Self { idle_timeout: timeout.min(LONGEST), ..self }
    }

    /// Sets the timeout for a body that is read as a whole, and for each item of one that is read item by item. The
    /// default is 10 minutes. The total time of a body that is read item by item is not limited.
    ///
    /// An item is an element, a line or a row; what comes before the first and after the last one also counts as one.
    /// Bytes that do not complete an item (whitespace, for example) do not extend its timeout, nor do bytes that are
    /// not part of the body, such as chunk trailers. The time starts when the item is requested, so the time in which
    /// the connector processes the previous item does not count.
    #[must_use]
    #[doc(alias = "timeout")]
    pub fn body_timeout(self, timeout: Duration) -> Self {
        Self { body_timeout: timeout.min(LONGEST), ..self }
    }

    /// Sets the maximum size, after decompression, of a body that is read as a whole. The default is 256 MiB.
    #[must_use]
    pub fn max_body_size(self, bytes: u64) -> Self {
        // One byte more than the limit is read, to notice a body that is too large.
        Self { max_body_size: bytes.min(u64::MAX - 1), ..self }
    }
}
