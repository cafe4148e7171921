//! The error type: a category, a message for the user, and details for the log.

use crate::protocol::FailureType;
use std::fmt;

/// A `Result` with [`Error`] as its default error type.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// An error of a connector, with the category that the platform acts on.
///
/// | constructor | use it if | the platform |
/// | --- | --- | --- |
/// | [`Error::config`] | the user must change something | does not retry |
/// | [`Error::transient`] | it is likely to succeed later | retries |
/// | [`Error::system`] | anything else | retries, and reports the error |
///
/// `?` converts any [`std::error::Error`] into an `Error`: a connection error becomes transient, everything else a system
/// error. This is why `Error` itself does not implement [`std::error::Error`].
///
/// ```
/// # use airbyte_sdk::{Error, Result};
/// fn half(text: &str) -> Result<i64> {
///     let number: i64 = text.parse()?; // becomes a system error
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
    /// The HTTP status of the response that caused the error.
    status: Option<u16>,
}

#[derive(Clone, PartialEq)]
enum Reason {
    Failed(FailureType),
    /// The API's rate limit allows no more requests for longer than the client waits.
    Exhausted,
    /// Not a failure: no more records are needed (`check` has seen one, or stdout is closed).
    Stopped,
}

impl Error {
    /// Returns an error that the user must fix, such as wrong credentials or a missing permission. The platform does
    /// not retry.
    pub fn config(message: impl Into<String>) -> Self {
        Self::new(Reason::Failed(FailureType::ConfigError), message)
    }

    /// Returns an error that is likely to pass, such as a network error, a server error or a rate limit. The platform
    /// retries.
    pub fn transient(message: impl Into<String>) -> Self {
        Self::new(Reason::Failed(FailureType::TransientError), message)
    }

    /// Returns an error that is a bug, or unexpected. The platform retries and reports it.
    pub fn system(message: impl Into<String>) -> Self {
        Self::new(Reason::Failed(FailureType::SystemError), message)
    }

    /// Creates the error for an exhausted rate limit: transient, unless the source is configured to stop successfully.
    pub(crate) fn exhausted(message: impl Into<String>) -> Self {
        Self::new(Reason::Exhausted, message)
    }

    /// Stops a fetch function early without a failure.
    pub(crate) fn stopped() -> Self {
        Self::new(Reason::Stopped, "no more records are needed")
    }

    fn new(reason: Reason, message: impl Into<String>) -> Self {
        Self(Box::new(Inner { reason, message: message.into(), internal: None, status: None }))
    }

    /// Returns a copy of the error, for another waiter on the same failed operation.
    pub(crate) fn again(&self) -> Self {
        Self(self.0.clone())
    }

    /// Adds details for debugging. They are logged, but not part of the message that the user sees.
    #[must_use]
    pub fn with_internal(mut self, details: impl fmt::Display) -> Self {
        self.0.internal = Some(match self.0.internal.take() {
            Some(first) => format!("{first}; {details}"),
            None => details.to_string(),
        });
        self
    }

    /// Prefixes the message with where the error happened: `while reading page 3: …`.
    #[must_use]
    pub fn context(mut self, place: impl fmt::Display) -> Self {
        self.0.message = format!("{place}: {}", self.0.message);
        self
    }

    /// Returns the message for the user.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// Returns the details for debugging, if any.
    pub fn internal(&self) -> Option<&str> {
        self.0.internal.as_deref()
    }

    /// Returns the category. It is a system error if the fetch function was stopped early.
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

/// What `?` converts: every [`std::error::Error`] that is [`Send`], [`Sync`] and `'static`. A separate trait, for the
/// compile error: for any other type, such as a string, it says what to write.
#[diagnostic::on_unimplemented(
    message = "`{E}` cannot be converted into `airbyte_sdk::Error`",
    label = "write `Error::config(…)`, `Error::transient(…)` or `Error::system(…)` to make an error of a string",
    note = "`Error::config` is for what the user must change, `Error::transient` for what a retry may fix; `?` converts every `std::error::Error` that is `Send`, `Sync` and `'static`"
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

/// Returns whether an I/O error is likely to pass.
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
    fn foreign_error_is_transient_only_if_the_connection_failed() {
        let reset = std::io::Error::from(std::io::ErrorKind::ConnectionReset);
        assert_eq!(Error::from(reset).failure_type(), FailureType::TransientError);
        let number = "x".parse::<i64>().unwrap_err();
        assert_eq!(Error::from(number).failure_type(), FailureType::SystemError);
    }

    #[test]
    fn details_accumulate_and_are_not_in_the_message() {
        let error = Error::config("no").with_internal("a").with_internal("b").context("page 2");
        assert_eq!(error.message(), "page 2: no");
        assert_eq!(error.internal(), Some("a; b"));
        assert_eq!(format!("{error:?}"), "config_error: page 2: no (a; b)");
    }
}
