//! The timeouts and size limits of requests.

use std::time::Duration;

/// The timeouts and size limits of requests. Change what does not suit a service, and pass the result to
/// [`Http::transfer_limits`](super::Http::transfer_limits).
///
/// ```
/// use airbyte_sdk::http::TransferLimits;
/// use std::time::Duration;
///
/// // Reports that the service takes minutes to begin with.
/// let patient = TransferLimits::default().response_timeout(Duration::from_secs(300));
/// # let _ = patient;
/// ```
#[derive(Clone, Copy, Debug)]
pub struct TransferLimits {
    pub(super) connect_timeout: Duration,
    pub(super) response_timeout: Duration,
    pub(super) idle_timeout: Duration,
    pub(super) body_timeout: Duration,
    pub(super) head: usize,
    pub(super) max_body_size: u64,
}

/// A time that is added to another must not be too large; `Duration::MAX` means for ever, and so does this.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 60 * 60);

impl Default for TransferLimits {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(30),
            response_timeout: Duration::from_secs(60),
            idle_timeout: Duration::from_secs(60),
            body_timeout: Duration::from_secs(600),
            head: 64 << 10,
            max_body_size: 256 << 20,
        }
    }
}

impl TransferLimits {
    /// Sets the time to connect, with the TLS handshake: 30 s by default. How long a DNS lookup takes is up to the system.
    #[must_use]
    pub fn connect_timeout(self, timeout: Duration) -> Self {
        Self { connect_timeout: timeout.min(LONGEST), ..self }
    }

    /// Sets the time from the end of the request to the end of the response's headers: 60 s by default.
    #[must_use]
    #[doc(alias = "first_byte")]
    pub fn response_timeout(self, timeout: Duration) -> Self {
        Self { response_timeout: timeout.min(LONGEST), ..self }
    }

    /// Sets the time without a byte, in the middle of a request or a response: 60 s by default. In a response it is never
    /// less than [`response_timeout`](Self::response_timeout).
    #[must_use]
    #[doc(alias("read_timeout", "write_timeout"))]
    pub fn idle_timeout(self, timeout: Duration) -> Self {
        Self { idle_timeout: timeout.min(LONGEST), ..self }
    }

    /// Sets the time for a body that is read as a whole, and for each piece of one that is read piece by piece: 10 minutes
    /// by default. All pieces together may take as long as they like.
    ///
    /// A piece is an element, a line or a row, and what stands before the first or after the last of them. Bytes that
    /// complete no piece, such as blanks in between, do not extend its time, compressed or not. The time begins when the
    /// piece is asked for, so what the connector does with the piece before does not count.
    ///
    /// Everything that comes over the connection counts, also what is no part of the body, such as chunk trailers.
    #[must_use]
    #[doc(alias = "timeout")]
    pub fn body_timeout(self, timeout: Duration) -> Self {
        Self { body_timeout: timeout.min(LONGEST), ..self }
    }

    /// Sets the size of a body that is read as a whole, in bytes after decompression: 256 MiB by default.
    #[must_use]
    pub fn max_body_size(self, bytes: u64) -> Self {
        // Where a limit is watched, one byte more is read.
        Self { max_body_size: bytes.min(u64::MAX - 1), ..self }
    }
}
