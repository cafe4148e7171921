//! `check`: tries whether the source can be read with this configuration.

use super::http_for;
use crate::error::Result;
use crate::feed::{Feed, Queue, Slots};
use crate::http::Http;
use crate::panics;
use crate::protocol::{AirbyteConnectionStatus, AirbyteMessage, ConnectionStatus, FailureType};
use crate::read_context::ReadContext;
use crate::run_context::RunContext;
use crate::source::{Source, read_alone};

/// With how many parents a stream of children is tried.
const CHECKED_PARENTS: u32 = 3;

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
    source.catalog()?;
    let slots = Slots::new(1);
    for index in 0..source.streams.len() {
        let mut parents = None;
        let ancestors = source.ancestors(index)?;
        let children = ancestors[..ancestors.len().saturating_sub(1)].iter().rev().chain([&index]);
        // Each parent is read for its first records, with which the children are read.
        for (&ancestor, &child) in ancestors.iter().rev().zip(children) {
            let Some((_, to_parent)) = source.streams[child].parent_type() else { continue };
            let queue = Queue::new(&slots, Some(CHECKED_PARENTS));
            let feed = Feed::new(vec![queue.clone()], to_parent);
            let read = try_stream(source, config, &http, run, ancestor, parents.take(), Some(feed.clone()));
            feed.end(read.as_ref().err());
            read?;
            parents = Some(queue);
        }
        try_stream(source, config, &http, run, index, parents, None)?;
    }
    Ok(())
}

/// Reads a stream up to its first record, or to the first parents if it has a feed.
fn try_stream<C: Sync>(
    source: &Source<C>,
    config: &C,
    http: &Http,
    run: &RunContext,
    index: usize,
    parents: Option<Queue>,
    feed: Option<Feed>,
) -> Result<()> {
    let stream = &source.streams[index];
    let context = ReadContext {
        config,
        http: http.clone(),
        stream: None,
        holds: run.ledger.holds().stream(),
        feed,
        parents,
        descriptor: stream.describe().descriptor(),
        columns: None,
        state: None,
        intervals: source.intervals,
        rank: 0,
    };
    match read_alone(&*stream.begin(context)).1 {
        // The first record stops the read, which is a success; so is an end without records.
        Err(error) if !error.is_stopped() => Err(error),
        _ => Ok(()),
    }
}
