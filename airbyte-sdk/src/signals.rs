//! Handles SIGTERM and SIGINT: sends the last valid states, reports the open streams as incomplete, and then ends the
//! process by the same signal, as shells and clients expect. If the run is ending already, it has a limited time left to write
//! its last messages: their reader may be stuck.
//!
//! No guarantee depends on this: the platform may kill a connector without a signal.

use crate::early_exit;
use crate::run_context::RunContext;

/// Watches for signals on a separate thread, so that a signal is handled even while a request is waiting.
#[cfg(unix)]
pub(crate) fn watch(context: &RunContext) {
    use signal_hook::consts::{SIGINT, SIGTERM};
    use signal_hook::iterator::Signals;
    use signal_hook::low_level::emulate_default_handler;

    let Ok(mut signals) = Signals::new([SIGTERM, SIGINT]) else { return };
    let context = context.clone();
    let _ = std::thread::Builder::new().name("signals".to_owned()).spawn(move || {
        let Some(signal) = signals.forever().next() else { return };
        if context.claim_end() {
            context.end(None);
        } else {
            // The command has ended, or something else ends the run. Usually the process exits in the meantime.
            context.wait_for_final_messages();
        }
        // PID 1 of a container ignores the default action of signals.
        if std::process::id() != 1 {
            let _ = emulate_default_handler(signal);
        }
        // Not `std::process::exit`, which blocks if another thread is already exiting.
        early_exit::exit_now(u8::try_from(128 + signal).unwrap_or(1));
    });
}

#[cfg(not(unix))]
pub(crate) fn watch(_: &RunContext) {}
