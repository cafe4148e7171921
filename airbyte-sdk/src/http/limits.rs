//! How long a client waits, and for how much.

use std::time::Duration;

/// How long a client waits, and for how much. Change what does not suit a service, and give it to
/// [`Http::limits`](super::Http::limits).
///
/// ```
/// use airbyte_sdk::http::Limits;
/// use std::time::Duration;
///
/// // Reports that the service takes minutes to begin with.
/// let patient = Limits::default().first_byte(Duration::from_secs(300));
/// # let _ = patient;
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    pub(super) connect: Duration,
    pub(super) first_byte: Duration,
    pub(super) silence: Duration,
    pub(super) total: Duration,
    pub(super) head: usize,
    pub(super) body: u64,
}

/// A time that is added to another must not be too large; `Duration::MAX` means for ever, and so does this.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 60 * 60);

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(30),
            first_byte: Duration::from_secs(60),
            silence: Duration::from_secs(60),
            total: Duration::from_secs(600),
            head: 64 << 10,
            body: 256 << 20,
        }
    }
}

impl Limits {
    /// Until there is a connection, TLS included: 30 s. How long a name is looked up is up to the system.
    #[must_use]
    pub fn connect(self, connect: Duration) -> Self {
        Self { connect: connect.min(LONGEST), ..self }
    }

    /// From the end of the request until the head of the answer is there: 60 s.
    #[must_use]
    pub fn first_byte(self, first_byte: Duration) -> Self {
        Self { first_byte: first_byte.min(LONGEST), ..self }
    }

    /// Without a byte, in the middle of an answer or of a request: 60 s. In an answer it is never less than
    /// [`first_byte`](Self::first_byte).
    #[must_use]
    pub fn silence(self, silence: Duration) -> Self {
        Self { silence: silence.min(LONGEST), ..self }
    }

    /// For the body of an answer that is read as a whole, and for each piece of one that is read piece by piece: 10
    /// minutes. All pieces together may take as long as they like.
    ///
    /// A piece is an element, a line, a row, or what stands before the first of them or after the last. Bytes that bring
    /// none to its end, such as blanks in between, do not prolong its time, packed or not; that begins when it is waited
    /// for, so what an author does with the piece before does not count.
    ///
    /// Everything that is read from the connection counts, also what is no part of the body, such as chunk trailers.
    #[must_use]
    pub fn total(self, total: Duration) -> Self {
        Self { total: total.min(LONGEST), ..self }
    }

    /// The bytes of an answer that is read as a whole, unpacked: 256 MiB.
    #[must_use]
    pub fn body(self, bytes: u64) -> Self {
        // Where a limit is watched, one byte more is read.
        Self { body: bytes.min(u64::MAX - 1), ..self }
    }
}
