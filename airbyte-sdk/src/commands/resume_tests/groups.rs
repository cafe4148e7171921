//! Streams whose partitions are read in groups. Each read has other groups, or none: the state is the same in both forms.

use super::{Config, Id, World};
use crate::error::Result;
use crate::source::Source;
use crate::stream::Stream;
use crate::{Emitter, Http, airbyte_stream};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// How many streams there are.
pub(super) const STREAMS: usize = 3;

const PARTITIONS: usize = 5;

/// The sizes of the groups in successive reads; `None` reads each partition alone.
const SIZES: [Option<usize>; 5] = [Some(2), Some(3), Some(1), Some(9), None];

#[airbyte_stream(name = "ascending_groups", primary_key(id), cursor = at, order = ascending)]
struct Ascending {
    #[schemars(with = "usize")]
    id: Id,
    at: i64,
}

#[airbyte_stream(name = "unordered_groups", primary_key(id), cursor = at, on_null = emit)]
struct Unordered {
    #[schemars(with = "usize")]
    id: Id,
    at: Option<i64>,
}

#[airbyte_stream(name = "everything_in_groups")]
struct Everything {
    #[schemars(with = "usize")]
    id: Id,
}

/// What the reads do.
#[derive(Default)]
pub(super) struct Groups {
    reads: AtomicUsize,
    /// The group that the last read began with, by stream.
    first: Mutex<BTreeMap<&'static str, Vec<usize>>>,
}

impl Groups {
    fn add(&self, stream: &'static str, group: &[usize]) {
        self.first.lock().unwrap().entry(stream).or_insert_with(|| group.to_vec());
    }

    /// Asserts that the last read of this stream began with a group that contains `next`.
    pub(super) fn assert_began_with(&self, stream: &str, next: &str, state: &Value) {
        let first = self.first.lock().unwrap();
        let group = first.get(stream).unwrap();
        assert!(group.contains(&next.parse().unwrap()), "{group:?} was read first: {state}");
    }
}

impl World {
    fn of_group(&self, group: &[usize]) -> impl DoubleEndedIterator<Item = (Id, i64, bool)> {
        self.all(None).filter(|(id, ..)| group.contains(&(id.0 % PARTITIONS)))
    }

    pub(super) fn source_of_groups(&self) -> Source<Config> {
        let [ascending, unordered, everything] = [0; STREAMS].map(|_| self.clone());
        let list = |_: &Config, _: &Http| Ok((0..PARTITIONS).collect::<Vec<_>>());
        let ascending =
            move |_: &Config, group: &[usize], since: Option<i64>, out: &mut Emitter<Ascending>| {
                ascending.steps.groups.add(Ascending::NAME, group);
                let records = ascending.of_group(group).map(|(id, at, _)| Ascending { id, at });
                ascending.serve(since.as_ref(), records, out)
            };
        let unordered =
            move |_: &Config, group: &[usize], since: Option<i64>, out: &mut Emitter<Unordered>| {
                unordered.steps.groups.add(Unordered::NAME, group);
                let records = unordered.of_group(group).rev();
                let records = records.map(|(id, at, null)| Unordered { id, at: (!null).then_some(at) });
                unordered.serve(since.as_ref(), records, out)
            };
        let everything = move |_: &Config, group: &[usize], out: &mut Emitter<Everything>| -> Result<()> {
            everything.steps.groups.add(Everything::NAME, group);
            everything.serve(None, everything.of_group(group).map(|(id, ..)| Everything { id }), out)
        };
        let groups = &self.steps.groups;
        groups.first.lock().unwrap().clear();
        let source = Source::<Config>::new("resume", "0");
        match SIZES[groups.reads.fetch_add(1, Relaxed) % SIZES.len()] {
            Some(size) => source
                .incremental_groups(size, list, ascending)
                .incremental_groups(size, list, unordered)
                .full_refresh_groups(size, list, everything),
            None => source
                .incremental_partitions(list, move |config, id: &usize, since, out: &mut Emitter<_>| {
                    ascending(config, &[*id], since, out)
                })
                .incremental_partitions(list, move |config, id: &usize, since, out: &mut Emitter<_>| {
                    unordered(config, &[*id], since, out)
                })
                .full_refresh_partitions(list, move |config, id: &usize, out: &mut Emitter<_>| {
                    everything(config, &[*id], out)
                }),
        }
    }

    /// Asserts that each partition has a position, at its last record or later: that of another one in its group.
    pub(super) fn assert_positions_of_groups(&self, states: &BTreeMap<String, Value>) {
        for (stream, state) in states {
            for partition in 0..PARTITIONS {
                let position = &state["stream"]["stream_state"]["partitions"][partition.to_string()];
                let group = [partition];
                let cursors = self.of_group(&group);
                let cursors =
                    cursors.filter(|(.., null)| !null || stream == Ascending::NAME).map(|(_, at, _)| at);
                match cursors.max() {
                    Some(last) if stream != Everything::NAME => {
                        assert!(position["at"].as_i64() >= Some(last), "{partition}: {state}")
                    }
                    _ if stream == Everything::NAME => {
                        assert!(position.as_object().is_some_and(serde_json::Map::is_empty), "{state}")
                    }
                    _ => {}
                }
            }
            assert!(state["stream"]["stream_state"]["next"].is_null(), "{state}");
        }
    }
}
