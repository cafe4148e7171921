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
    /// Until there is a connection: 30 s.
    #[must_use]
    pub fn connect(self, connect: Duration) -> Self {
        Self { connect: connect.min(LONGEST), ..self }
    }

    /// Until the answer begins: 60 s.
    #[must_use]
    pub fn first_byte(self, first_byte: Duration) -> Self {
        Self { first_byte: first_byte.min(LONGEST), ..self }
    }

    /// Without a byte in the middle of an answer: 60 s.
    #[must_use]
    pub fn silence(self, silence: Duration) -> Self {
        Self { silence: silence.min(LONGEST), ..self }
    }

    /// For an answer that is read as a whole: 10 minutes. One that is read piece by piece may take as long as it likes,
    /// but for a single piece.
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
