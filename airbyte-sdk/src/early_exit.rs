//! Detects `std::process::exit` in the author's code.
//!
//! Problem: it ends the process at once, and with exit code 0 the platform takes an interrupted read for a complete one.
//! Idea: on exit the C library runs the destructors of the calling thread's locals, so a thread-local guard notices it.
//! What must stay true: the guard is on the thread that runs the command, and does nothing once the command has ended.
//! An exit on a thread started by the author is not detected.

use std::cell::RefCell;

struct Guard(RefCell<Option<Box<dyn FnOnce()>>>);

impl Drop for Guard {
    fn drop(&mut self) {
        if let Some(on_exit) = self.0.take() {
            on_exit();
        }
    }
}

thread_local! {
    static GUARD: Guard = const { Guard(RefCell::new(None)) };
}

/// Calls `on_exit` if this thread exits the process, or ends.
pub(crate) fn watch(on_exit: impl FnOnce() + 'static) {
    // Fails only while the thread is being torn down, when it exits anyway.
    let _ = GUARD.try_with(|guard| guard.0.replace(Some(Box::new(on_exit))));
}

/// Stops watching, because the command has ended.
pub(crate) fn stop_watching() {
    let _ = GUARD.try_with(|guard| guard.0.take());
}

/// Exits without running destructors: `std::process::exit` must not be called again during an exit.
pub(crate) fn exit_now(code: u8) -> ! {
    #[cfg(unix)]
    signal_hook::low_level::exit(code.into());
    #[cfg(not(unix))]
    {
        let _ = code;
        std::process::abort();
    }
}
