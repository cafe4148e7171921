//! The heartbeat thread: flushes pending records every 50 ms, logs what an idle stream waits for, and sends its current
//! state after 10 minutes.
//!
//! Problem: the platform considers a source dead if it sends neither a record nor a state for three hours; logs and statuses
//! do not count. Idea: a state that covers the records written so far may be sent at any time.

use super::Ledger;
use crate::output;
use std::sync::Arc;
use std::time::Duration;

/// How often pending records are written, and the highest age of an `emitted_at`: twice within the 100 ms in which a record
/// must be written.
const HEARTBEAT: Duration = Duration::from_millis(50);

/// How long a stream may be idle before that is logged.
const MILLISECONDS_UNTIL_LOG: i64 = 30 * 1000;

/// How long a stream may be idle before its current state is sent.
const MILLISECONDS_UNTIL_STATE: i64 = 10 * 60 * 1000;

/// Since when no record or state was sent, and when that was last logged, in milliseconds.
#[derive(Clone, Copy)]
pub(super) struct Idle {
    since: i64,
    logged_at: i64,
}

impl Idle {
    pub(super) fn since(now: i64) -> Self {
        Self { since: now, logged_at: now }
    }
}

impl Ledger {
    /// Starts the heartbeat thread. It calls `on_closed` if nothing more can be written, since all other threads may be waiting
    /// for the API.
    pub(crate) fn keep_alive(self: &Arc<Self>, on_closed: impl FnOnce() + Send + 'static) {
        let ledger = Arc::downgrade(self);
        // If the thread cannot be spawned, records are still written when a block is full and with every state.
        let _ = std::thread::Builder::new().name("heartbeat".to_owned()).spawn(move || {
            loop {
                std::thread::sleep(HEARTBEAT);
                let Some(ledger) = ledger.upgrade() else { return };
                ledger.holds().epoch().advance();
                if ledger.beat().is_err() {
                    return on_closed();
                }
            }
        });
    }

    fn beat(&self) -> crate::error::Result<()> {
        self.hand_over_all();
        // Logged here, without the lock of the ledger.
        if let Some(message) = self.check_idle(output::now()) {
            log::info!("{message}");
        }
        self.output.flush()
    }

    /// Sends the last state of the first open stream again if nothing was sent for 10 minutes. Returns the message to log
    /// if nothing was sent or logged for 30 seconds.
    fn check_idle(&self, now: i64) -> Option<String> {
        let mut streams = self.streams();
        let is_active = std::mem::take(&mut streams.is_active);
        let mut idle = streams.idle;
        let Some(stream) = streams.open.iter_mut().find(|stream| stream.is_selected).filter(|_| !is_active)
        else {
            streams.idle = Idle::since(now);
            return None;
        };
        if now - idle.since >= MILLISECONDS_UNTIL_STATE {
            idle.since = now;
            // If stdout is closed, the next record ends the run.
            let _ = stream.send_state(&self.output);
        }
        let must_log = now - idle.logged_at >= MILLISECONDS_UNTIL_LOG;
        let message = must_log.then(|| stream.describe_wait((now - idle.since) / 1000));
        if must_log {
            idle.logged_at = now;
        }
        streams.idle = idle;
        message
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cursor::{NoCursor, Order, Progress};
    use crate::json_text::JsonText;
    use crate::ledger::Block;
    use crate::output::{Lines, Memory, Output};
    use crate::protocol::StreamDescriptor;
    use serde_json::{Value, json};

    #[test]
    fn last_state_is_repeated_after_ten_idle_minutes() {
        let memory = Memory::default();
        let ledger = Ledger::new(Output::to(Lines::new(Box::new(memory.clone()))));
        let taken = || {
            let _ = ledger.output.flush();
            memory.take_messages()
        };
        ledger.streams().idle = Idle::since(0);
        let minutes_later = |minutes: i64| ledger.check_idle(minutes * 60_000);
        // No stream is open yet.
        minutes_later(100);
        assert_eq!(taken(), [] as [Value; 0]);
        let stream = ledger.start(&StreamDescriptor::new("a"), JsonText::of(&json!({"day": 1}))).unwrap();
        let progress = Progress::<NoCursor>::new(Order::Unordered, None);
        let block = Block::new(&stream, [].into(), None, &stream.holds().hold(false), progress);
        block.add(b"{\"type\":\"RECORD\"}\n", None).unwrap();
        block.hand_over().unwrap();
        minutes_later(109);
        stream.waiting_for(1, Some("GET https://a.example/b"));
        let message = minutes_later(110);
        assert_eq!(message.as_deref(), Some("a: no records for 60 s, waiting for GET https://a.example/b"));
        minutes_later(118);
        assert_eq!(taken().len(), 3, "two statuses and the record");
        minutes_later(119);
        let state = json!({"type": "STATE", "state": {"type": "STREAM",
            "stream": {"stream_descriptor": {"name": "a"}, "stream_state": {"day": 1}}, "sourceStats": {"recordCount": 1.0}}});
        assert_eq!(taken(), [state]);
        minutes_later(120);
        minutes_later(128);
        assert_eq!(taken(), [] as [Value; 0]);
        minutes_later(129);
        assert_eq!(taken()[0]["state"]["sourceStats"]["recordCount"], 0.0);
    }
}
