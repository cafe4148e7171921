//! Turns panics of the author's code into errors: caught where a stream is read, reported by a hook on other threads.

use crate::error::{Error, Result};
use std::any::Any;
use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};

thread_local! {
    /// Whether this thread's panics are caught by [`catch`].
    static CATCHES: Cell<bool> = const { Cell::new(false) };
    /// The last panic of this thread.
    static LAST_PANIC: Cell<Option<String>> = const { Cell::new(None) };
}

/// Installs a panic hook that records panics instead of printing them with a backtrace.
///
/// A panic that [`catch`] does not see, on a thread started by the author, is passed to `on_stray_panic` before the
/// thread unwinds: unwinding may close a channel, which another thread could take for the end of the data.
pub(crate) fn install_hook(on_stray_panic: impl Fn(Error) + Send + Sync + 'static) {
    panic::set_hook(Box::new(move |info| {
        let place = info.location().map_or_else(|| "an unknown location".to_owned(), ToString::to_string);
        let details = format!("panicked at {place}: {}", payload_text(info.payload()));
        // Fails on a thread that is being torn down.
        if CATCHES.try_with(Cell::get).unwrap_or_default() {
            let _ = LAST_PANIC.try_with(|panic| panic.set(Some(details)));
        } else {
            on_stray_panic(
                Error::system("a thread started by the connector panicked; records may be missing")
                    .with_internal(details),
            );
        }
    }));
}

/// Runs the author's code and turns a panic into a system error.
pub(crate) fn catch<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    let outer = CATCHES.replace(true);
    let result = panic::catch_unwind(AssertUnwindSafe(work));
    CATCHES.set(outer);
    result.unwrap_or_else(|payload| {
        let details = LAST_PANIC.take().unwrap_or_else(|| payload_text(payload.as_ref()).to_owned());
        Err(Error::system("the connector crashed because of a bug; see the log").with_internal(details))
    })
}

fn payload_text(payload: &(dyn Any + Send)) -> &str {
    let text = payload.downcast_ref::<&str>().copied();
    text.or_else(|| payload.downcast_ref::<String>().map(String::as_str)).unwrap_or("no message")
}
