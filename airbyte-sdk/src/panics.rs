//! Panics of the author's code: caught where a stream is read, noted where they cannot be caught.

use crate::error::{Error, Result};
use std::any::Any;
use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};

thread_local! {
    /// Whether this thread's panics are caught by [`catch`].
    static GUARDED: Cell<bool> = const { Cell::new(false) };
    /// The last panic of this thread.
    static PANIC: Cell<Option<String>> = const { Cell::new(None) };
}

/// Replaces the message and the backtrace that a panic prints. One on a thread that the author started, which [`catch`]
/// does not see, is handed to `stray` at once, before the thread unwinds and drops what others wait for.
pub(crate) fn take_notes(stray: impl Fn(Error) + Send + Sync + 'static) {
    panic::set_hook(Box::new(move |info| {
        let place = info.location().map_or_else(|| "an unknown place".to_owned(), ToString::to_string);
        let note = format!("panicked at {place}: {}", text_of(info.payload()));
        // A thread that is being torn down has no locals any more.
        if GUARDED.try_with(Cell::get).unwrap_or_default() {
            let _ = PANIC.try_with(|panic| panic.set(Some(note)));
        } else {
            stray(
                Error::system("a thread that the connector started panicked, so records may be missing")
                    .with_internal(note),
            );
        }
    }));
}

/// Turns a panic of the author's code into a system error, so that no user ever reads a backtrace.
pub(crate) fn catch<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    let outer = GUARDED.replace(true);
    let result = panic::catch_unwind(AssertUnwindSafe(work));
    GUARDED.set(outer);
    result.unwrap_or_else(|payload| {
        let note = PANIC.take().unwrap_or_else(|| text_of(payload.as_ref()).to_owned());
        Err(Error::system("the connector crashed because of a bug; see the log").with_internal(note))
    })
}

fn text_of(payload: &(dyn Any + Send)) -> &str {
    let text = payload.downcast_ref::<&str>().copied();
    text.or_else(|| payload.downcast_ref::<String>().map(String::as_str)).unwrap_or("no message")
}
