//! Signs of life: what waits is written twice in 100 ms, and a long silence is broken by a state.

use super::{Output, now};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

/// How often what waits is written, and how old `emitted_at` may be at the most: twice in the 100 ms within which a
/// record must leave.
const BEAT: Duration = Duration::from_millis(50);

/// So long nothing is said of a stream that brings no records.
const MILLISECONDS_OF_PATIENCE: i64 = 30 * 1000;

/// The platform takes a source for dead that sends neither a record nor a state for three hours.
const MILLISECONDS_OF_SILENCE: i64 = 10 * 60 * 1000;

impl Output {
    /// Counts up while [`keep_alive`](Self::keep_alive) runs; a change means that time has passed.
    #[inline]
    pub(crate) fn beats(&self) -> u32 {
        self.beats.load(Relaxed)
    }

    /// Writes what waits again and again, so that records leave even while the service keeps a stream waiting.
    pub(crate) fn keep_alive(self: &Arc<Self>) {
        let output = Arc::downgrade(self);
        // If no thread can be had, records still leave when the buffer is full and at every state.
        let _ = std::thread::Builder::new().name("heartbeat".to_owned()).spawn(move || {
            let mut silence = Silence { since: now(), told: now() };
            loop {
                std::thread::sleep(BEAT);
                let Some(output) = output.upgrade() else { return };
                output.beats.fetch_add(1, Relaxed);
                if let Some(whereabouts) = output.break_silence(&mut silence, now()) {
                    log::info!("{whereabouts}");
                }
                if output.flush().is_err() {
                    return;
                }
            }
        });
    }

    /// After a long silence in a stream sends its last state once more: logs and statuses do not count as life. What is
    /// to be said to people meanwhile comes back, since a log message needs the same locks.
    fn break_silence(&self, silence: &mut Silence, now: i64) -> Option<String> {
        let mut lines = self.lines();
        let current = self.current();
        let (false, Some(current)) = (lines.take_heard(), &*current) else {
            *silence = Silence { since: now, told: now };
            return None;
        };
        if now - silence.since >= MILLISECONDS_OF_SILENCE {
            silence.since = now;
            if let Ok(line) = self.state_line(&current.stream, current.last_state(), &mut lines) {
                // If stdout is gone, the next record will end the run.
                let _ = lines.push(&line);
            }
            lines.take_heard();
        }
        if now - silence.told < MILLISECONDS_OF_PATIENCE {
            return None;
        }
        silence.told = now;
        let seconds = (now - silence.since) / 1000;
        Some(format!("{}, {seconds} s", current.whereabouts()))
    }
}

/// Since when a stream has brought nothing, and when that was said last.
struct Silence {
    since: i64,
    told: i64,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::{Lines, Memory};
    use crate::protocol::{AirbyteStreamStatus, StreamDescriptor};
    use serde_json::{Value, json};

    #[test]
    fn a_long_silence_is_broken_by_the_last_state() {
        let (memory, stream) = (Memory::default(), StreamDescriptor::new("a"));
        let output = Output::to(Lines::new(Box::new(memory.clone())));
        let taken = || {
            let _ = output.flush();
            memory.take_messages()
        };
        let mut silence = Silence { since: 0, told: 0 };
        let mut minutes_later = |minutes: i64| output.break_silence(&mut silence, minutes * 60_000);
        // Before the streams nobody waits for any.
        minutes_later(100);
        assert_eq!(taken(), [] as [Value; 0]);
        output.status(&stream, AirbyteStreamStatus::Started).unwrap();
        output.stands_at(json!({"day": 1}).to_string());
        output.record(b"{\"type\":\"RECORD\"}\n").unwrap();
        minutes_later(109);
        output.waiting_for(Some("GET https://a.example/b"));
        let told = minutes_later(110);
        assert_eq!(told.as_deref(), Some("a: still waiting for GET https://a.example/b, 60 s"));
        minutes_later(118);
        assert_eq!(taken().len(), 2, "the status and the record");
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
