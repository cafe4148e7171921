//! Signs of life: what waits is written twice in 100 ms, and a long silence is broken by a state.

use super::Ledger;
use crate::output;
use std::sync::Arc;
use std::time::Duration;

/// How often what waits is written, and how old `emitted_at` may be at the most: twice in the 100 ms within which a
/// record must leave.
const BEAT: Duration = Duration::from_millis(50);

/// So long nothing is said of a stream that brings no records.
const MILLISECONDS_OF_PATIENCE: i64 = 30 * 1000;

/// The platform takes a source for dead that sends neither a record nor a state for three hours.
const MILLISECONDS_OF_SILENCE: i64 = 10 * 60 * 1000;

/// Since when nothing has come, and when that was said last.
#[derive(Clone, Copy)]
pub(super) struct Silence {
    since: i64,
    told: i64,
}

impl Silence {
    pub(super) fn from(now: i64) -> Self {
        Self { since: now, told: now }
    }
}

impl Ledger {
    /// Writes what waits again and again, so that records leave even while the service keeps a stream waiting.
    pub(crate) fn keep_alive(self: &Arc<Self>) {
        let ledger = Arc::downgrade(self);
        // If no thread can be had, records still leave when a block is full and at every state.
        let _ = std::thread::Builder::new().name("heartbeat".to_owned()).spawn(move || {
            loop {
                std::thread::sleep(BEAT);
                let Some(ledger) = ledger.upgrade() else { return };
                ledger.holds().pulse().beat();
                if ledger.beat().is_err() {
                    return;
                }
            }
        });
    }

    fn beat(&self) -> crate::error::Result<()> {
        self.hand_over_all();
        if let Some(whereabouts) = self.break_silence(output::now()) {
            log::info!("{whereabouts}");
        }
        self.output.flush()
    }

    /// After a long silence sends the last state of a stream once more: logs and statuses do not count as life. What is
    /// to be said to people meanwhile comes back, since a log message is best written without a lock.
    fn break_silence(&self, now: i64) -> Option<String> {
        let mut streams = self.streams();
        let heard = std::mem::take(&mut streams.heard);
        let mut silence = streams.silence;
        let Some(entry) = streams.open.first_mut().filter(|_| !heard) else {
            streams.silence = Silence::from(now);
            return None;
        };
        if now - silence.since >= MILLISECONDS_OF_SILENCE {
            silence.since = now;
            // If stdout is gone, the next record will end the run.
            let _ = entry.repeat_state(&self.output);
        }
        let tell = now - silence.told >= MILLISECONDS_OF_PATIENCE;
        let seconds = (now - silence.since) / 1000;
        let told = tell.then(|| format!("{}, {seconds} s", entry.whereabouts()));
        if tell {
            silence.told = now;
        }
        streams.silence = silence;
        told
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cursor::{NoCursor, Order, Progress};
    use crate::ledger::Block;
    use crate::output::{Lines, Memory, Output};
    use crate::protocol::StreamDescriptor;
    use serde_json::{Value, json};

    #[test]
    fn a_long_silence_is_broken_by_the_last_state() {
        let memory = Memory::default();
        let ledger = Ledger::new(Output::to(Lines::new(Box::new(memory.clone()))));
        let taken = || {
            let _ = ledger.output.flush();
            memory.take_messages()
        };
        ledger.streams().silence = Silence::from(0);
        let minutes_later = |minutes: i64| ledger.break_silence(minutes * 60_000);
        // Before the streams nobody waits for any.
        minutes_later(100);
        assert_eq!(taken(), [] as [Value; 0]);
        let stream = ledger.start(&StreamDescriptor::new("a"), json!({"day": 1}).to_string()).unwrap();
        let progress = Progress::<NoCursor>::new(Order::Unordered, None);
        let block = Block::new(&stream, None, None, &stream.holds().hold(false), progress);
        block.add(b"{\"type\":\"RECORD\"}\n", None).unwrap();
        block.hand_over().unwrap();
        minutes_later(109);
        stream.waiting_for(Some("GET https://a.example/b"));
        let told = minutes_later(110);
        assert_eq!(told.as_deref(), Some("a: still waiting for GET https://a.example/b, 60 s"));
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
