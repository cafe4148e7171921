//! Decides which reading thread runs next, so that their steps interleave in many ways.
//!
//! Threads that have little to do would otherwise end before the next one begins. All fetch functions that are running must
//! have reached their next step; then one of them, chosen by a generated number, makes it.

use std::sync::{Condvar, Mutex, MutexGuard};
use std::time::Duration;

#[derive(Default)]
pub(super) struct Turnstile(Mutex<Turns>, Condvar);

#[derive(Default)]
struct Turns {
    /// Chooses the next thread.
    random: u64,
    /// How many fetch functions may run at a time.
    most: usize,
    running: usize,
    /// The tickets of the threads that wait for their turn.
    waiting: Vec<u64>,
    /// The ticket whose turn it is.
    turn: Option<u64>,
    last_ticket: u64,
}

/// How long a fetch function waits for others to begin. Has no influence on what is asserted.
const GRACE: Duration = Duration::from_micros(50);

impl Turnstile {
    /// Starts a read with this many threads.
    pub(super) fn start(&self, most: usize, seed: u64) {
        *self.turns() = Turns { random: seed | 1, most, ..Turns::default() };
    }

    /// Begins a fetch function, which runs until the result is dropped.
    pub(super) fn enter(&self) -> Running<'_> {
        let mut turns = self.turns();
        turns.running += 1;
        if turns.running < turns.most {
            turns = self.1.wait_timeout(turns, GRACE).unwrap().0;
        }
        drop(turns);
        self.1.notify_all();
        Running(self)
    }

    /// Waits until it is the turn of this thread, which is [running](Self::enter).
    pub(super) fn pass(&self) {
        let mut turns = self.turns();
        if turns.running == 0 {
            return;
        }
        turns.last_ticket += 1;
        let ticket = turns.last_ticket;
        turns.waiting.push(ticket);
        self.choose(&mut turns);
        while turns.turn != Some(ticket) {
            turns = self.1.wait(turns).unwrap();
        }
        turns.turn = None;
    }

    fn choose(&self, turns: &mut Turns) {
        if turns.turn.is_none() && turns.waiting.len() == turns.running && turns.running > 0 {
            // Xorshift.
            turns.random ^= turns.random << 13;
            turns.random ^= turns.random >> 7;
            turns.random ^= turns.random << 17;
            let place = turns.random as usize % turns.waiting.len();
            turns.turn = Some(turns.waiting.swap_remove(place));
            self.1.notify_all();
        }
    }

    fn turns(&self) -> MutexGuard<'_, Turns> {
        self.0.lock().unwrap()
    }
}

/// A fetch function that is running.
pub(super) struct Running<'t>(&'t Turnstile);

impl Drop for Running<'_> {
    fn drop(&mut self) {
        let mut turns = self.0.turns();
        turns.running -= 1;
        self.0.choose(&mut turns);
    }
}
