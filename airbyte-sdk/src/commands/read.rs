//! THE SYNC LOOP: stream after stream, records and states in between, and what becomes of each.

use super::{Done, http_for};
use crate::emitter::send_status;
use crate::error::{Error, Result};
use crate::input::States;
use crate::output::Output;
use crate::protocol::{
    AirbyteStreamStatus, ConfiguredAirbyteCatalog, ConfiguredAirbyteStream, StreamDescriptor, SyncMode,
};
use crate::source::{AnyStream, Source, Turn};
use std::sync::Arc;
use std::time::Instant;

/// Reads every configured stream. A stream that fails does not stop the others, but the run has failed.
pub(crate) fn read<C>(
    source: &Source<C>,
    config: &C,
    catalog: ConfiguredAirbyteCatalog,
    mut states: States,
    output: &Arc<Output>,
) -> Result<Done> {
    if catalog.streams.is_empty() {
        return Err(Error::config("the catalog has no streams; choose at least one to read"));
    }
    let http = http_for(source);
    let plan = plan(source, catalog);
    let mut failed = false;
    for (descriptor, stream) in plan {
        send_status(output, &descriptor, AirbyteStreamStatus::Started)?;
        let started = Instant::now();
        let (records, result) = match stream {
            Ok(stream) => {
                let state = states.take(&descriptor);
                let turn = Turn { config, http: &http, descriptor: descriptor.clone(), state };
                stream.read(turn, Some(Arc::clone(output)))
            }
            Err(error) => {
                send_status(output, &descriptor, AirbyteStreamStatus::Running)?;
                (0, Err(error))
            }
        };
        let status = match result {
            Ok(()) => {
                log::info!(
                    "{}: {records} records in {:.1} s",
                    descriptor.name,
                    started.elapsed().as_secs_f64()
                );
                AirbyteStreamStatus::Complete
            }
            Err(error) if error.is_stopped() => return Err(error),
            Err(error) => {
                failed = true;
                output.error(&error, Some(&descriptor))?;
                log::info!("{}: stopped after {records} records", descriptor.name);
                AirbyteStreamStatus::Incomplete
            }
        };
        send_status(output, &descriptor, status)?;
    }
    Ok(if failed { Done::WithFailedStreams } else { Done::Well })
}

type Planned<'s, C> = (StreamDescriptor, Result<&'s dyn AnyStream<C>>);

/// Finds the stream for each entry of the catalog. Those that cannot be read come last: the trouble with the catalog
/// must not keep the others from being read.
fn plan<C>(source: &Source<C>, catalog: ConfiguredAirbyteCatalog) -> Vec<Planned<'_, C>> {
    let mut plan: Vec<Planned<'_, C>> = Vec::with_capacity(catalog.streams.len());
    for configured in catalog.streams {
        let descriptor = configured.stream.descriptor();
        let twice = plan.iter().any(|(other, _)| other.is_same_as(&descriptor));
        let stream = if twice {
            Err(Error::config(format!("the catalog has the stream `{}` twice", descriptor.name)))
        } else {
            find(source, &configured, &descriptor)
        };
        plan.push((descriptor, stream));
    }
    plan.sort_by_key(|(_, stream)| stream.is_err());
    plan
}

fn find<'s, C>(
    source: &'s Source<C>,
    configured: &ConfiguredAirbyteStream,
    descriptor: &StreamDescriptor,
) -> Result<&'s dyn AnyStream<C>> {
    let (mut names, mut found) = (Vec::new(), None);
    for stream in &source.streams {
        let described = stream.describe();
        if described.descriptor().is_same_as(descriptor) {
            found = Some((stream.as_ref(), described));
        } else {
            names.push(format!("`{}`", described.name));
        }
    }
    let Some((stream, described)) = found else {
        return Err(Error::config(format!(
            "the catalog has a stream `{}` that this source does not have; it has {}",
            descriptor.name,
            names.join(", ")
        )));
    };
    match &configured.sync_mode {
        mode @ SyncMode::Unrecognized(_) => Err(Error::config(format!(
            "the stream `{}` cannot be read in the sync mode `{mode}`",
            descriptor.name
        ))),
        mode if !described.supported_sync_modes.contains(mode) => {
            // Some clients ask for `incremental` whatever a stream offers.
            log::warn!("{}: {mode} is not offered; reading everything", descriptor.name);
            Ok(stream)
        }
        _ => Ok(stream),
    }
}
