//! Collects the output of a program on a thread, up to a limit.

use std::io::Read;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long nothing must arrive after the program has exited. A pipe is not closed if a process that the program left behind
/// holds it open, but then the output of the program itself is in the pipe already.
const IDLE: Duration = Duration::from_secs(1);

/// How long to read from a pipe to which a process that was left behind keeps writing.
const LONGEST: Duration = Duration::from_secs(10);

/// How many bytes are kept of output that exceeds the limit.
const KEPT_OF_TOO_MUCH: usize = 1 << 16;

/// The output so far.
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
    /// When the last of them arrived.
    arrived: Option<Instant>,
    /// The pipe is closed or broken, or the limit is exceeded.
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
    /// Starts reading, up to this many bytes.
    pub(super) fn collect(mut pipe: impl Read + Send + 'static, most: usize) -> Self {
        let shared = Arc::new(Shared::default());
        let output = Self { shared: Arc::clone(&shared), most };
        std::thread::spawn(move || {
            let mut chunk = vec![0; 1 << 16];
            loop {
                let count = pipe.read(&mut chunk).unwrap_or(0);
                let mut state = shared.state();
                state.bytes.extend_from_slice(&chunk[..count]);
                state.arrived = Some(Instant::now());
                state.is_closed = count == 0 || state.bytes.len() > most;
                shared.changed.notify_all();
                // Closes the pipe: a process that still writes gets SIGPIPE or an error.
                if state.is_closed || state.is_abandoned {
                    return;
                }
            }
        });
        output
    }

    /// Returns whether the limit is exceeded.
    pub(super) fn is_full(&self) -> bool {
        self.shared.state().bytes.len() > self.most
    }

    /// Returns the output of a program that has exited at this time.
    pub(super) fn finish(self, exited: Instant) -> Vec<u8> {
        let mut state = self.shared.state();
        loop {
            let before = state.bytes.len();
            let idle = state.arrived.map_or(exited, |arrived| arrived.max(exited)).elapsed();
            let left = IDLE.saturating_sub(idle);
            let (next, timeout) = self
                .shared
                .changed
                .wait_timeout_while(state, left, |state| !state.is_closed && state.bytes.len() == before)
                .unwrap_or_else(PoisonError::into_inner);
            state = next;
            if state.is_closed || timeout.timed_out() || exited.elapsed() > LONGEST {
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
    fn pipe_held_open_by_another_process_is_read_completely() {
        let (reader, mut writer) = std::io::pipe().unwrap();
        let other = writer.try_clone().unwrap();
        let output = Output::collect(reader, 1 << 20);
        writer.write_all(&[7; 100_000]).unwrap();
        drop(writer);
        assert_eq!(output.finish(Instant::now()), [7; 100_000]);
        drop(other);
    }

    #[test]
    fn endless_output_is_cut_at_the_limit() {
        let (reader, mut writer) = std::io::pipe().unwrap();
        let output = Output::collect(reader, 1 << 20);
        while writer.write_all(&[7; 4096]).is_ok() {}
        assert!(output.is_full());
        assert_eq!(output.finish(Instant::now()).len(), KEPT_OF_TOO_MUCH);
    }
}
