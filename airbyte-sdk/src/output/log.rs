//! Converts records of the `log` crate into LOG messages.

use super::Output;
use crate::protocol::{AirbyteLogMessage, AirbyteMessage, LogLevel};
use log::{Level, LevelFilter, Log, Metadata, Record};
use std::sync::{Arc, OnceLock};

/// Crates of which only warnings and errors are logged. Their debug messages may contain whole requests.
const CHATTY: [&str; 3] = ["ureq", "ureq_proto", "rustls"];

struct Bridge(OnceLock<Arc<Output>>);

static BRIDGE: Bridge = Bridge(OnceLock::new());

/// Sends `log::info!` and the other macros to this output. Only the first call in a process has an effect.
pub(crate) fn install(output: &Arc<Output>, debug: bool) {
    if BRIDGE.0.set(Arc::clone(output)).is_ok() && log::set_logger(&BRIDGE).is_ok() {
        log::set_max_level(if debug { LevelFilter::Debug } else { LevelFilter::Info });
    }
}

impl Log for Bridge {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        let root = metadata.target().split("::").next().unwrap_or_default();
        metadata.level() <= Level::Warn || !CHATTY.contains(&root)
    }

    fn log(&self, record: &Record<'_>) {
        let Some(output) = self.0.get().filter(|_| self.enabled(record.metadata())) else {
            return;
        };
        let level = match record.level() {
            Level::Error => LogLevel::Error,
            Level::Warn => LogLevel::Warn,
            Level::Info => LogLevel::Info,
            Level::Debug => LogLevel::Debug,
            Level::Trace => LogLevel::Trace,
        };
        let message = AirbyteLogMessage::new(level, record.args().to_string());
        // If stdout is closed, the next record ends the run.
        let _ = output.message(AirbyteMessage::Log(message));
    }

    fn flush(&self) {}
}
