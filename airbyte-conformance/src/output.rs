//! What a program writes into a pipe: read beside the program, so that the pipe does not fill up, and never more than there is
//! room for.

use std::io::Read;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long a pipe must have been silent, after the program has ended, to be taken for finished. It does not end where a
/// process that the program has left behind holds it open; what the program itself wrote is in the pipe by then.
const SILENCE: Duration = Duration::from_secs(1);

/// What is left behind may go on writing: so long is it listened to at most.
const LONGEST: Duration = Duration::from_secs(10);

/// Of a run that wrote too much, so many bytes are kept, to be shown.
const KEPT_OF_TOO_MUCH: usize = 1 << 16;

/// What came out of a pipe so far.
pub(super) struct Output {
    shared: Arc<Shared>,
    most: usize,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    bytes: Vec<u8>,
    /// The pipe has ended, or broke.
    is_closed: bool,
    /// The suite has stopped reading.
    is_abandoned: bool,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Output {
    /// Reads so many bytes at most.
    pub(super) fn collect(mut pipe: impl Read + Send + 'static, most: usize) -> Self {
        let shared = Arc::new(Shared::default());
        let output = Self { shared: Arc::clone(&shared), most };
        std::thread::spawn(move || {
            let mut chunk = vec![0; 1 << 16];
            loop {
                let count = pipe.read(&mut chunk).unwrap_or(0);
                let mut state = shared.state();
                state.bytes.extend_from_slice(&chunk[..count]);
                state.is_closed = count == 0 || state.bytes.len() > most;
                shared.changed.notify_all();
                // This closes the pipe, so a process that still writes gets SIGPIPE or an error.
                if state.is_closed || state.is_abandoned {
                    return;
                }
            }
        });
        output
    }

    /// Whether there was more than there is room for.
    pub(super) fn is_full(&self) -> bool {
        self.shared.state().bytes.len() > self.most
    }

    /// All that was written, now that the program has ended.
    pub(super) fn finish(self) -> Vec<u8> {
        let began = Instant::now();
        let mut state = self.shared.state();
        loop {
            let before = state.bytes.len();
            let (next, timeout) = self
                .shared
                .changed
                .wait_timeout_while(state, SILENCE, |state| !state.is_closed && state.bytes.len() == before)
                .unwrap_or_else(PoisonError::into_inner);
            state = next;
            if state.is_closed || timeout.timed_out() || began.elapsed() > LONGEST {
                break;
            }
        }
        state.is_abandoned = true;
        let is_full = state.bytes.len() > self.most;
        let mut bytes = std::mem::take(&mut state.bytes);
        if is_full {
            bytes.truncate(KEPT_OF_TOO_MUCH);
            bytes.shrink_to_fit();
        }
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn takes_all_of_a_pipe_that_somebody_else_holds_open() {
        let (reader, mut writer) = std::io::pipe().unwrap();
        let other = writer.try_clone().unwrap();
        let output = Output::collect(reader, 1 << 20);
        writer.write_all(&[7; 100_000]).unwrap();
        drop(writer);
        assert_eq!(output.finish(), [7; 100_000]);
        drop(other);
    }

    #[test]
    fn stops_reading_a_pipe_without_end() {
        let (reader, mut writer) = std::io::pipe().unwrap();
        let output = Output::collect(reader, 1 << 20);
        while writer.write_all(&[7; 4096]).is_ok() {}
        assert!(output.is_full());
        assert_eq!(output.finish().len(), KEPT_OF_TOO_MUCH);
    }
}
