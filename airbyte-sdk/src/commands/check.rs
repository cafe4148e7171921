//! `check`: can the source be read with this configuration?

use super::http_for;
use crate::error::Result;
use crate::panics;
use crate::protocol::{AirbyteConnectionStatus, AirbyteMessage, ConnectionStatus, FailureType};
use crate::read_context::ReadContext;
use crate::run_context::RunContext;
use crate::source::Source;

/// FAILED is the answer for what the user can mend, and only for that: during a sync the platform takes it as a reason
/// not to try again. Everything else is an error of the command.
pub(crate) fn check<C>(source: &Source<C>, config: Result<C>, run: &RunContext) -> Result<AirbyteMessage> {
    let status = match config.and_then(|config| try_connection(source, &config, run)) {
        Ok(()) => AirbyteConnectionStatus::new(ConnectionStatus::Succeeded),
        Err(error) if error.failure_type() == FailureType::ConfigError => {
            if let Some(details) = error.internal() {
                log::info!("{details}");
            }
            let mut status = AirbyteConnectionStatus::new(ConnectionStatus::Failed);
            status.message = Some(error.message().to_owned());
            status
        }
        Err(error) => return Err(error),
    };
    Ok(AirbyteMessage::ConnectionStatus(status))
}

fn try_connection<C>(source: &Source<C>, config: &C, run: &RunContext) -> Result<()> {
    let http = http_for(source, config, run);
    if let Some(check) = &source.check {
        return panics::catch(|| check(config, &http));
    }
    for (stream, described) in source.streams.iter().zip(source.catalog()?) {
        let descriptor = described.descriptor();
        let context = ReadContext {
            config,
            http: &http,
            stream: None,
            descriptor,
            columns: None,
            state: None,
            pace: source.pace,
        };
        match stream.read(context).1 {
            // The first record is proof enough; so is an end without one.
            Err(error) if !error.is_stopped() => return Err(error),
            _ => {}
        }
    }
    Ok(())
}
