//! The four verbs: values in, messages out.

mod check;
mod discover;
#[cfg(test)]
mod fair_law;
mod read;
#[cfg(test)]
mod resume_law;
mod spec;

pub(crate) use self::check::check;
pub(crate) use self::discover::discover;
pub(crate) use self::read::read;
pub(crate) use self::spec::spec;

use crate::http::Http;
use crate::protocol::AirbyteMessage;
use crate::run_context::RunContext;
use crate::source::Source;
use std::sync::Arc;

/// How a command ended that came to its end.
pub(crate) enum Done {
    Well,
    /// With this message, which is the command's last.
    WithAnswer(Box<AirbyteMessage>),
    /// Streams have failed, and each has told its trouble already.
    WithFailedStreams,
}

fn http_for<C>(source: &Source<C>, config: &C, context: &RunContext) -> Http {
    let limits = source.rate_limits.as_ref().map(|limits| limits(config)).unwrap_or_default();
    Http::new(source.name, source.version, limits, Some(Arc::clone(&context.config)))
}
