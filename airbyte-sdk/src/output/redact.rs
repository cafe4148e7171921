//! Takes secrets out of the messages that people read: logs, traces and the answer of `check`.

use crate::protocol::{AirbyteMessage, Trace};
use crate::secret::Scrubber;

/// The message without secrets, or `None` if it can go as it is: records and states are the user's own data, and
/// CONTROL carries the configuration back on purpose.
pub(super) fn redact(message: &AirbyteMessage, scrubber: &Scrubber) -> Option<AirbyteMessage> {
    let scrub = |text: &mut String| *text = scrubber.scrub(text).into_owned();
    let scrub_all = |texts: [&mut Option<String>; 2]| texts.into_iter().flatten().for_each(scrub);
    let mut message = match message {
        AirbyteMessage::Log(_) | AirbyteMessage::ConnectionStatus(_) | AirbyteMessage::Trace(_) => {
            message.clone()
        }
        _ => return None,
    };
    match &mut message {
        AirbyteMessage::Log(log) => {
            scrub(&mut log.message);
            log.stack_trace.as_mut().map(scrub);
        }
        AirbyteMessage::ConnectionStatus(status) => {
            status.message.as_mut().map(scrub);
        }
        AirbyteMessage::Trace(trace) => match &mut trace.trace {
            Trace::Error(error) => {
                scrub(&mut error.message);
                scrub_all([&mut error.internal_message, &mut error.stack_trace]);
            }
            Trace::Analytics(analytics) => {
                analytics.value.as_mut().map(scrub);
            }
            _ => {}
        },
        _ => {}
    }
    Some(message)
}
