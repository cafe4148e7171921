//! Redacts the text for people in logs, traces and the result of `check`.
//!
//! Secrets are blanked first; only then is the text shortened and capitalized. In the other order, half of a secret could
//! remain, which the scrubber would no longer recognize.

use crate::protocol::{AirbyteMessage, Trace};
use crate::scrubber::Scrubber;
use std::borrow::Cow;

/// The length limits, in characters: an API may return a whole page as its error message.
const MAX_MESSAGE_LENGTH: usize = 1_000;
const MAX_DETAILS_LENGTH: usize = 10_000;

/// Does not change records and states, which are the user's own data, nor CONTROL, which must contain the secrets.
pub(super) fn redact(message: &mut AirbyteMessage, scrubber: &Scrubber) {
    let scrub = |text: &mut String, longest: usize| {
        if let Cow::Owned(scrubbed) = scrubber.scrub(text) {
            *text = scrubbed;
        }
        shorten(text, longest);
    };
    match message {
        AirbyteMessage::Log(log) => {
            scrub(&mut log.message, MAX_DETAILS_LENGTH);
            log.stack_trace.iter_mut().for_each(|text| scrub(text, MAX_DETAILS_LENGTH));
        }
        AirbyteMessage::ConnectionStatus(status) => {
            if let Some(text) = &mut status.message {
                scrub(text, MAX_MESSAGE_LENGTH);
                begin_sentence(text);
            }
        }
        AirbyteMessage::Trace(trace) => match &mut trace.trace {
            Trace::Error(error) => {
                scrub(&mut error.message, MAX_MESSAGE_LENGTH);
                begin_sentence(&mut error.message);
                let details = [&mut error.internal_message, &mut error.stack_trace];
                details.into_iter().flatten().for_each(|text| scrub(text, MAX_DETAILS_LENGTH));
            }
            Trace::Analytics(analytics) => {
                analytics.value.iter_mut().for_each(|text| scrub(text, MAX_DETAILS_LENGTH));
            }
            _ => {}
        },
        _ => {}
    }
}

fn shorten(text: &mut String, longest: usize) {
    if let Some((end, _)) = text.char_indices().nth(longest) {
        text.truncate(end);
        text.push('…');
    }
}

/// Capitalizes the first letter if the first word is a plain word, not a URL or a name.
fn begin_sentence(text: &mut str) {
    let word = text.split(' ').next().unwrap_or_default();
    if !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase()) {
        text[..1].make_ascii_uppercase();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{
        AirbyteControlConnectorConfigMessage, AirbyteControlMessage, AirbyteErrorTraceMessage,
        AirbyteLogMessage, AirbyteTraceMessage, LogLevel,
    };

    fn scrubber() -> Scrubber {
        let mut scrubber = Scrubber::default();
        scrubber.add(["tok-123456"]);
        scrubber
    }

    fn read(text: &str) -> String {
        let error = AirbyteErrorTraceMessage::new(text);
        let mut message = AirbyteMessage::Trace(AirbyteTraceMessage::new(0.0, error));
        redact(&mut message, &scrubber());
        match message {
            AirbyteMessage::Trace(AirbyteTraceMessage { trace: Trace::Error(error), .. }) => error.message,
            _ => unreachable!(),
        }
    }

    #[test]
    fn message_is_capitalized_only_if_it_begins_with_a_plain_word() {
        assert_eq!(read("nothing came"), "Nothing came");
        assert_eq!(read("tok-123456 is no key"), "**** is no key");
        assert_eq!(read("https://a.example: no"), "https://a.example: no");
        assert_eq!(read("ünder"), "ünder");
        assert_eq!(read(""), "");
    }

    #[test]
    fn secrets_are_kept_in_control_messages_only() {
        let config = [("token".to_owned(), "tok-123456".into())].into_iter().collect();
        let control = AirbyteControlMessage::new(0.0, AirbyteControlConnectorConfigMessage::new(config));
        let log = AirbyteLogMessage::new(LogLevel::Info, "it is tok-123456");
        for (mut message, stays) in
            [(AirbyteMessage::Control(control), true), (AirbyteMessage::Log(log), false)]
        {
            redact(&mut message, &scrubber());
            let line = serde_json::to_string(&message).unwrap();
            assert_eq!(line.contains("tok-123456"), stays, "{line}");
        }
    }

    #[test]
    fn shortened_message_contains_no_half_of_a_secret() {
        for before in (MAX_MESSAGE_LENGTH - 12)..MAX_MESSAGE_LENGTH {
            let text = read(&format!("{} tok-123456 and more", "x".repeat(before)));
            assert!(!text.contains("tok"), "{text}");
            assert!(text.chars().count() <= MAX_MESSAGE_LENGTH + 1);
        }
    }
}
