//! The four commands: values in, messages out.

#[cfg(test)]
mod changed_parents_tests;
mod check;
mod discover;
#[cfg(test)]
mod children_tests;
#[cfg(test)]
mod fairness_tests;
#[cfg(test)]
mod groups_tests;
mod read;
#[cfg(test)]
mod resume_tests;
mod spec;
#[cfg(test)]
mod turnstile;
#[cfg(test)]
mod windowed_tests;

pub(crate) use self::check::check;
pub(crate) use self::discover::discover;
pub(crate) use self::read::read;
pub(crate) use self::spec::spec;

use crate::http::Http;
use crate::protocol::AirbyteMessage;
use crate::run_context::RunContext;
use crate::source::Source;
use std::sync::Arc;

/// The result of a command that ran to its end.
pub(crate) enum Outcome {
    Success,
    /// Success, with this final message still to be sent.
    Message(Box<AirbyteMessage>),
    /// Some streams failed; their errors have been reported.
    FailedStreams,
}

fn http_for<C>(source: &Source<C>, config: &C, context: &RunContext) -> Http {
    let limits = source.rate_limits.as_ref().map(|limits| limits(config)).unwrap_or_default();
    Http::new(source.name, source.version, limits, Some(Arc::clone(&context.config)))
}
