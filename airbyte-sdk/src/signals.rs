//! SIGTERM and SIGINT: the last legal state is sent, the stream is reported as incomplete, and the process dies of that very
//! signal, as shells and clients expect. Nothing depends on this: the platform may end a connector without any signal.

use crate::early_exit;
use crate::run_context::RunContext;

/// Watches for signals on a thread of its own, so that one is heeded in the middle of a request.
#[cfg(unix)]
pub(crate) fn watch(context: &RunContext) {
    use signal_hook::consts::{SIGINT, SIGTERM};
    use signal_hook::iterator::Signals;
    use signal_hook::low_level::emulate_default_handler;

    let Ok(mut signals) = Signals::new([SIGTERM, SIGINT]) else { return };
    let context = context.clone();
    let _ = std::thread::Builder::new().name("signals".to_owned()).spawn(move || {
        let Some(signal) = signals.forever().next() else { return };
        if !context.claim_last_word() {
            return;
        }
        context.end(None);
        // The first process of a container does not die of signals that it does not handle.
        if std::process::id() != 1 {
            let _ = emulate_default_handler(signal);
        }
        // Not `std::process::exit`, which waits if another thread is in there.
        early_exit::end_at_once(u8::try_from(128 + signal).unwrap_or(1));
    });
}

#[cfg(not(unix))]
pub(crate) fn watch(_: &RunContext) {}
