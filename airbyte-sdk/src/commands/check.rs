//! `check`: tries whether the source can be read with this configuration.

use super::http_for;
use crate::error::Result;
use crate::panics;
use crate::protocol::{AirbyteConnectionStatus, AirbyteMessage, ConnectionStatus, FailureType};
use crate::read_context::ReadContext;
use crate::run_context::RunContext;
use crate::source::{Source, read_alone};

/// Returns FAILED only for config errors, which the user can fix: during a sync the platform does not retry after it.
/// All other errors are errors of the command.
pub(crate) fn check<C: Sync>(
    source: &Source<C>,
    config: Result<C>,
    run: &RunContext,
) -> Result<AirbyteMessage> {
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

fn try_connection<C: Sync>(source: &Source<C>, config: &C, run: &RunContext) -> Result<()> {
    let http = http_for(source, config, run);
    if let Some(check) = &source.check {
        return panics::catch(|| check(config, &http));
    }
    for (stream, described) in source.streams.iter().zip(source.catalog()?) {
        let descriptor = described.descriptor();
        let context = ReadContext {
            config,
            http: http.clone(),
            stream: None,
            descriptor,
            columns: None,
            state: None,
            intervals: source.intervals,
            rank: 0,
        };
        match read_alone(&*stream.begin(context)).1 {
            // The first record stops the read, which is a success; so is an end without records.
            Err(error) if !error.is_stopped() => return Err(error),
            _ => {}
        }
    }
    Ok(())
}
