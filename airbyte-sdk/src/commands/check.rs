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
use std::collections::HashSet;

/// With how many parents a stream of children is tried.
const CHECKED_PARENTS: u32 = 3;

/// Returns FAILED only for config errors, which the user can fix: during a sync the platform does not retry after it.
/// All other errors are errors of the command.
pub(crate) fn check<C: Sync>(
    source: &Source<C>,
    config: Result<C>,
    run: &RunContext,
) -> Result<AirbyteMessage> {
    status(config.and_then(|config| try_connection(source, &config, run)))
}

/// Not generic over the configuration, so that this is compiled once, for size.
fn status(tried: Result<()>) -> Result<AirbyteMessage> {
    let status = match tried {
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
    let attempt = Attempt { source, config, http, run, slots: Slots::new(1) };
    let mut parents = HashSet::new();
    for index in 0..source.streams.len() {
        parents.extend(source.ancestors(index)?);
    }
    // A parent is read with its children.
    (0..source.streams.len())
        .filter(|index| !parents.contains(index))
        .try_for_each(|index| attempt.read(index, None))
}

struct Attempt<'a, C> {
    source: &'a Source<C>,
    config: &'a C,
    http: Http,
    run: &'a RunContext,
    slots: Slots,
}

impl<C: Sync> Attempt<'_, C> {
    /// Reads a stream up to its first record, or up to the first parents if it has a feed. Reads its own parents first.
    fn read(&self, index: usize, feed: Option<Feed>) -> Result<()> {
        let stream = &self.source.streams[index];
        let parent = self.source.ancestors(index)?.first().copied();
        let parents = match parent.zip(stream.parent_type()) {
            None => None,
            Some((parent, (_, to_parent))) => {
                let queue = Queue::new(&self.slots, Some(CHECKED_PARENTS));
                let feed = Feed::new(vec![queue.clone()], to_parent, false);
                self.read(parent, Some(feed.clone()))?;
                feed.end(Ok(None));
                Some(queue)
            }
        };
        let context = ReadContext {
            config: self.config,
            http: self.http.clone(),
            stream: None,
            holds: self.run.ledger.holds().stream(),
            feed,
            parents,
            descriptor: stream.describe().descriptor(),
            columns: None,
            state: None,
            intervals: self.source.intervals,
            rank: 0,
        };
        match read_alone(&*stream.begin(context)).1 {
            // The first record stops the read, which is a success; so is an end without records.
            Err(error) if !error.is_stopped() => Err(error),
            _ => Ok(()),
        }
    }
}
