//! `std::process::exit` in the author's code.
//!
//! Problem: it ends the process at once, and with exit code 0 the platform takes a read that was cut off for a complete
//! one. Idea: the C library runs the destructors of the calling thread's locals on the way out, so a thread-local guard
//! notices. What must stay true: the guard is on the thread that runs the command, and does nothing once the command has
//! ended. An exit on a thread that the author started is not noticed.

use std::cell::RefCell;

struct Guard(RefCell<Option<Box<dyn FnOnce()>>>);

impl Drop for Guard {
    fn drop(&mut self) {
        if let Some(at_exit) = self.0.take() {
            at_exit();
        }
    }
}

thread_local! {
    static GUARD: Guard = const { Guard(RefCell::new(None)) };
}

/// Calls this when the process exits on this thread, or the thread ends.
pub(crate) fn watch(at_exit: impl FnOnce() + 'static) {
    // A thread that is being torn down exits by itself.
    let _ = GUARD.try_with(|guard| guard.0.replace(Some(Box::new(at_exit))));
}

/// The command has ended: an exit is what it should be.
pub(crate) fn stop_watching() {
    let _ = GUARD.try_with(|guard| guard.0.take());
}

/// Ends the process without running any destructors: `std::process::exit` must not be called on the way out.
pub(crate) fn end_at_once(code: u8) -> ! {
    #[cfg(unix)]
    signal_hook::low_level::exit(code.into());
    #[cfg(not(unix))]
    {
        let _ = code;
        std::process::abort();
    }
}
