//! The one error type: a category that says who must act, a message for the user, details for the log.

use crate::protocol::FailureType;
use std::fmt;

/// The result of everything that can fail in a connector.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a connector stopped, sorted by who must act on it.
///
/// Make one by its category: [`Error::config`] when the user must change something, [`Error::transient`] when
/// waiting helps, [`Error::system`] for the rest. The platform stops retrying after a config error, retries a
/// transient one, and retries and reports a system one.
///
/// `?` turns any [`std::error::Error`] into an `Error`: a broken connection becomes transient, everything else
/// a system error. For that reason `Error` itself does not implement [`std::error::Error`].
///
/// ```
/// # use airbyte_sdk::{Error, Result};
/// fn half(text: &str) -> Result<i64> {
///     let number: i64 = text.parse()?; // any error: a system error
///     if number % 2 == 1 {
///         return Err(Error::config(format!("{number} is odd; choose an even number")));
///     }
///     Ok(number / 2)
/// }
/// assert_eq!(half("3").unwrap_err().message(), "3 is odd; choose an even number");
/// ```
pub struct Error(Box<Inner>);

#[derive(Clone)]
struct Inner {
    reason: Reason,
    message: String,
    internal: Option<String>,
    /// The HTTP status of the response that it was made of.
    status: Option<u16>,
}

#[derive(Clone, PartialEq)]
enum Reason {
    Failed(FailureType),
    /// The service allows no more requests for longer than anybody waits.
    Exhausted,
    /// Not a failure of the connector: nobody wants more records (`check` has seen one, or stdout is closed).
    Stopped,
}

impl Error {
    /// The user must act: credentials, permissions, a setting. The platform does not retry.
    pub fn config(message: impl Into<String>) -> Self {
        Self::new(Reason::Failed(FailureType::ConfigError), message)
    }

    /// It will pass by itself: the network, a service in trouble, a rate limit. The platform retries.
    pub fn transient(message: impl Into<String>) -> Self {
        Self::new(Reason::Failed(FailureType::TransientError), message)
    }

    /// A bug, or something nobody foresaw. The platform retries and reports it.
    pub fn system(message: impl Into<String>) -> Self {
        Self::new(Reason::Failed(FailureType::SystemError), message)
    }

    /// The service's budget of requests is used up; a transient error, unless the source says that this is an end.
    pub(crate) fn exhausted(message: impl Into<String>) -> Self {
        Self::new(Reason::Exhausted, message)
    }

    /// Ends a fetch function early without a failure.
    pub(crate) fn stopped() -> Self {
        Self::new(Reason::Stopped, "nobody wants more records")
    }

    fn new(reason: Reason, message: impl Into<String>) -> Self {
        Self(Box::new(Inner { reason, message: message.into(), internal: None, status: None }))
    }

    /// The same error once more, for somebody else who met it.
    pub(crate) fn again(&self) -> Self {
        Self(self.0.clone())
    }

    /// Adds what helps whoever debugs this, beside the message that the user sees.
    #[must_use]
    pub fn with_internal(mut self, details: impl fmt::Display) -> Self {
        self.0.internal = Some(match self.0.internal.take() {
            Some(first) => format!("{first}; {details}"),
            None => details.to_string(),
        });
        self
    }

    /// Puts where it happened before the message: `while reading page 3: …`.
    #[must_use]
    pub fn context(mut self, place: impl fmt::Display) -> Self {
        self.0.message = format!("{place}: {}", self.0.message);
        self
    }

    /// What the user reads.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// What the log gets besides, if anything.
    pub fn internal(&self) -> Option<&str> {
        self.0.internal.as_deref()
    }

    /// Who must act. A fetch that was stopped early counts as a system error if somebody asks.
    pub fn failure_type(&self) -> FailureType {
        match &self.0.reason {
            Reason::Failed(failure_type) => failure_type.clone(),
            Reason::Exhausted => FailureType::TransientError,
            Reason::Stopped => FailureType::SystemError,
        }
    }

    pub(crate) fn with_status(mut self, status: u16) -> Self {
        self.0.status = Some(status);
        self
    }

    pub(crate) fn status(&self) -> Option<u16> {
        self.0.status
    }

    pub(crate) fn is_exhausted(&self) -> bool {
        self.0.reason == Reason::Exhausted
    }

    pub(crate) fn is_stopped(&self) -> bool {
        self.0.reason == Reason::Stopped
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match &self.0.reason {
            Reason::Failed(failure_type) => failure_type.as_str(),
            Reason::Exhausted => "exhausted",
            Reason::Stopped => "stopped",
        };
        write!(f, "{kind}: {}", self.0.message)?;
        self.0.internal.as_ref().map_or(Ok(()), |details| write!(f, " ({details})"))
    }
}

/// What `?` converts: every [`std::error::Error`] that is [`Send`], [`Sync`] and `'static`. This is a trait of its own so
/// that the compile error for any other type, such as a string, says what to write.
#[diagnostic::on_unimplemented(
    message = "`{E}` cannot be converted into `airbyte_sdk::Error`",
    label = "write `Error::config(…)`, `Error::transient(…)` or `Error::system(…)` to make an error of a string",
    note = "`Error::config` is for what the user must change, `Error::transient` for what passes by itself; `?` converts every `std::error::Error` that is `Send`, `Sync` and `'static`"
)]
pub trait ConvertedFrom<E> {
    /// Returns the error that stands for the other one.
    fn converted_from(error: E) -> Self;
}

/// Converts every [`std::error::Error`] that is [`Send`], [`Sync`] and `'static`: a broken connection becomes transient,
/// everything else a system error.
impl<E> From<E> for Error
where
    Self: ConvertedFrom<E>,
{
    fn from(error: E) -> Self {
        Self::converted_from(error)
    }
}

#[diagnostic::do_not_recommend]
impl<E: std::error::Error + Send + Sync + 'static> ConvertedFrom<E> for Error {
    fn converted_from(error: E) -> Self {
        let mut details = String::new();
        let mut cause = error.source();
        while let Some(inner) = cause {
            details.push_str(&format!("caused by: {inner}; "));
            cause = inner.source();
        }
        let any: &(dyn std::error::Error + 'static) = &error;
        let passing = any.downcast_ref::<std::io::Error>().is_some_and(|io| is_passing(io.kind()));
        let converted =
            if passing { Self::transient(error.to_string()) } else { Self::system(error.to_string()) };
        match details.trim_end_matches("; ") {
            "" => converted,
            details => converted.with_internal(details),
        }
    }
}

/// Input and output errors that the next attempt may not meet.
pub(crate) fn is_passing(kind: std::io::ErrorKind) -> bool {
    use std::io::ErrorKind::{
        ConnectionAborted, ConnectionRefused, ConnectionReset, HostUnreachable, Interrupted, NetworkDown,
        NetworkUnreachable, TimedOut, UnexpectedEof,
    };
    matches!(
        kind,
        ConnectionAborted
            | ConnectionRefused
            | ConnectionReset
            | HostUnreachable
            | Interrupted
            | NetworkDown
            | NetworkUnreachable
            | TimedOut
            | UnexpectedEof
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_errors_are_sorted() {
        let reset = std::io::Error::from(std::io::ErrorKind::ConnectionReset);
        assert_eq!(Error::from(reset).failure_type(), FailureType::TransientError);
        let number = "x".parse::<i64>().unwrap_err();
        assert_eq!(Error::from(number).failure_type(), FailureType::SystemError);
    }

    #[test]
    fn details_add_up_and_stay_out_of_the_message() {
        let error = Error::config("no").with_internal("a").with_internal("b").context("page 2");
        assert_eq!(error.message(), "page 2: no");
        assert_eq!(error.internal(), Some("a; b"));
        assert_eq!(format!("{error:?}"), "config_error: page 2: no (a; b)");
    }
}
