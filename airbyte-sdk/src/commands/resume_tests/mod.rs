//! Property tests of resuming, for generated streams of every kind. Wherever the output of a run is cut off: the records
//! before the cut and those of a run that resumes from the states before the cut are together all records, and the final
//! states equal those of an uninterrupted run. A partitioned stream resumes with the partition that was being read.

mod children;
mod groups;
mod messages;
mod parallel_windows;
mod windowed;

use self::messages::{assert_states_increase, positions, seen, states};
use super::Source;
use super::turnstile::Turnstile;
use crate::commands;
use crate::error::Result;
use crate::input::States;
use crate::output::{Lines, Memory};
use crate::read_context::RecordIntervals;
use crate::run_context::RunContext;
use crate::stream::Stream;
use crate::{AirbyteSpec, Emitter, airbyte_stream};
use jiff::{SignedDuration, Timestamp, ToSpan, civil::Date, civil::DateTime};
use proptest::prelude::*;
use serde::{Serialize, Serializer};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

#[derive(AirbyteSpec)]
struct Config {}

/// Streams with the fields `id` and `at`.
macro_rules! kinds {
    ($($kind:ident $name:literal $at:ty $(, $attribute:ident = $value:ident)*;)*) => {$(
        #[airbyte_stream(name = $name, primary_key(id), cursor = at $(, $attribute = $value)*)]
        struct $kind {
            #[schemars(with = "usize")]
            id: Id,
            at: $at,
        }
    )*};
}
use kinds;

kinds! {
    Ascending "ascending" i64, order = ascending;
    LookedBack "looked_back" i64, order = ascending;
    Sparse "sparse" Option<i64>, on_null = emit, order = ascending;
    Texts "texts" String, order = ascending;
    Dates "dates" Date, order = ascending;
    Timestamps "timestamps" Timestamp, order = ascending;
    LocalTimes "local_times" DateTime, order = ascending;
    Unordered "unordered" Option<i64>, on_null = emit;
    AscendingPartitions "ascending_partitions" i64, order = ascending;
    UnorderedPartitions "unordered_partitions" Option<i64>, on_null = emit;
}

#[airbyte_stream(nested)]
struct Meta {
    #[serde(rename = "At")]
    at: Option<i64>,
}

#[airbyte_stream(name = "nested", primary_key(id), cursor = meta.at, on_null = emit, order = ascending)]
struct Nested {
    #[schemars(with = "usize")]
    id: Id,
    meta: Meta,
}

#[airbyte_stream(name = "everything")]
struct Everything {
    #[schemars(with = "usize")]
    id: Id,
}

#[airbyte_stream(name = "everything_in_partitions")]
struct EverythingInPartitions {
    #[schemars(with = "usize")]
    id: Id,
}

/// What happens at the steps of the fetch functions: another thread runs next, and after a number of steps the run is ended, as
/// by a signal.
#[derive(Default)]
struct Steps {
    left: Mutex<Option<(usize, RunContext)>>,
    turnstile: Turnstile,
    groups: groups::Groups,
}

impl Steps {
    /// Before a record is emitted.
    fn before_record(&self) {
        self.turnstile.pass();
        self.step();
    }

    fn step(&self) {
        let mut left = self.left.lock().unwrap();
        match &mut *left {
            Some((0, run)) => {
                run.end(None);
                *left = None;
            }
            Some((steps, _)) => *steps -= 1,
            None => {}
        }
    }
}

/// The number of a record. Its serialization is a step in the middle of `emit`.
#[derive(Clone)]
struct Id(usize, Arc<Steps>);

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.1.step();
        self.0.serialize(serializer)
    }
}

/// Which streams are read.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Plain,
    Windowed,
    ParallelWindows,
    Children,
    Groups,
}

/// The simulated API.
#[derive(Clone)]
struct World {
    kind: Kind,
    /// The id, the cursor and whether the cursor is null, of each record. The cursors do not decrease.
    records: Arc<[(usize, i64, bool)]>,
    /// How many threads read.
    concurrency: u32,
    /// Chooses the order of the threads' steps.
    seed: u64,
    steps: Arc<Steps>,
}

impl World {
    /// Emits all records from `since` on, and those with a null cursor.
    fn serve<T: Stream>(
        &self,
        since: Option<&T::Cursor>,
        records: impl Iterator<Item = T>,
        out: &mut Emitter<T>,
    ) -> Result<()> {
        let is_requested =
            |record: &T| since.is_none_or(|since| record.cursor().is_none_or(|at| at >= since));
        let _running = self.steps.turnstile.enter();
        records.filter(is_requested).try_for_each(|record| {
            self.steps.before_record();
            out.emit(record)
        })
    }

    /// Returns the records of one partition, or all.
    fn all(&self, partition: Option<usize>) -> impl DoubleEndedIterator<Item = (Id, i64, bool)> + '_ {
        let records = self.records.iter();
        let records = records.filter(move |(id, ..)| partition.is_none_or(|partition| id % 3 == partition));
        records.map(|&(id, at, null)| (Id(id, Arc::clone(&self.steps)), at, null))
    }

    fn source(&self, records_per_state: u64) -> Source<Config> {
        let mut source = match self.kind {
            Kind::Plain => self.plain_source(),
            Kind::Windowed => self.windowed_source(),
            Kind::ParallelWindows => self.source_of_parallel_windows(),
            Kind::Children => self.source_of_children(),
            Kind::Groups => self.source_of_groups(),
        };
        source.intervals = RecordIntervals { records_per_clock: 1, records_per_state };
        let concurrency = self.concurrency;
        source.concurrency(move |_| concurrency)
    }

    fn plain_source(&self) -> Source<Config> {
        macro_rules! fetch {
            ($kind:ident, |$at:ident, $null:ident| $position:expr) => {{
                let world = self.clone();
                move |_: &Config, since: Option<<$kind as Stream>::Cursor>, out: &mut Emitter<$kind>| {
                    let record = |(id, $at, $null): (Id, i64, bool)| {
                        let _ = $null;
                        $kind { id, at: $position }
                    };
                    world.serve(since.as_ref(), world.all(None).map(record), out)
                }
            }};
        }
        let list = |_: &Config, _: &crate::Http| Ok(vec![0_usize, 1, 2]);
        let (world, back, nested, partitions, jumbled, everything) =
            (self.clone(), self.clone(), self.clone(), self.clone(), self.clone(), self.clone());
        Source::<Config>::new("resume", "0")
            .incremental(fetch!(Ascending, |at, _null| at))
            .incremental(move |_, since: Option<i64>, out: &mut Emitter<LookedBack>| {
                let since = since.map(|since| since - 2);
                back.serve(since.as_ref(), back.all(None).map(|(id, at, _)| LookedBack { id, at }), out)
            })
            .incremental(fetch!(Sparse, |at, null| (!null).then_some(at)))
            .incremental(fetch!(Texts, |at, _null| format!("{at:04}")))
            .incremental(fetch!(Dates, |at, _null| Date::constant(9998, 1, 1) + at.days()))
            .incremental(
                fetch!(Timestamps, |at, _null| Timestamp::UNIX_EPOCH + SignedDuration::from_millis(at - 5))
            )
            .incremental(
                fetch!(LocalTimes, |at, _null| Date::constant(2024, 1, 1).at(0, 0, 0, 0) + at.nanoseconds())
            )
            .incremental(fetch!(Unordered, |at, null| (!null).then_some(at * 7 % 5)))
            .incremental(move |_, since: Option<i64>, out: &mut Emitter<Nested>| {
                let meta = |at, null: bool| Meta { at: (!null).then_some(at) };
                let records = nested.all(None).map(|(id, at, null)| Nested { id, meta: meta(at, null) });
                nested.serve(since.as_ref(), records, out)
            })
            .full_refresh(move |_, out: &mut Emitter<Everything>| {
                world.serve(None, world.all(None).map(|(id, ..)| Everything { id }), out)
            })
            .incremental_partitions(
                list,
                move |_, partition, since, out: &mut Emitter<AscendingPartitions>| {
                    let records =
                        partitions.all(Some(*partition)).map(|(id, at, _)| AscendingPartitions { id, at });
                    partitions.serve(since.as_ref(), records, out)
                },
            )
            .incremental_partitions(
                list,
                move |_, partition, since, out: &mut Emitter<UnorderedPartitions>| {
                    let records = jumbled.all(Some(*partition)).rev();
                    let records =
                        records.map(|(id, at, null)| UnorderedPartitions { id, at: (!null).then_some(at) });
                    jumbled.serve(since.as_ref(), records, out)
                },
            )
            .full_refresh_partitions(list, move |_, partition, out: &mut Emitter<EverythingInPartitions>| {
                let records = everything.all(Some(*partition)).map(|(id, ..)| EverythingInPartitions { id });
                everything.serve(None, records, out)
            })
    }

    /// Reads all streams from these states; ends the run after `until` steps, if given.
    fn read(
        &self,
        states: &BTreeMap<String, Value>,
        records_per_state: u64,
        until: Option<usize>,
    ) -> Vec<Value> {
        let memory = Memory::default();
        let run = RunContext::to(Lines::new(Box::new(memory.clone())));
        self.steps.turnstile.start(self.concurrency as usize, self.seed);
        *self.steps.left.lock().unwrap() = until.map(|steps| (steps, run.clone()));
        let source = self.source(records_per_state);
        let streams = source.catalog().unwrap().into_iter();
        let streams = streams.filter(|stream| stream.name != children::PARENTS).map(|stream| {
            let mode = stream.supported_sync_modes.last().cloned();
            json!({"stream": stream, "sync_mode": mode, "destination_sync_mode": "append"})
        });
        let catalog = serde_json::from_value(json!({"streams": streams.collect::<Vec<_>>()})).unwrap();
        let states: Value = states.values().cloned().collect();
        let states = States::read(states.to_string().as_bytes(), "the state", []).unwrap();
        let outcome = commands::read(&source, &Config {}, catalog, states, &run);
        assert_eq!(outcome.is_ok(), until.is_none());
        let _ = run.output.flush();
        memory.take_messages()
    }
}

/// Resumes from the states in `before`, and asserts that nothing is missing.
fn assert_resumes(world: &World, whole: &[Value], before: &[Value], records_per_state: u64) {
    assert_states_increase(before);
    let given = states(before);
    let after = world.read(&given, records_per_state, None);
    let mut both = seen(before);
    both.extend(seen(&after));
    assert_eq!(both, seen(whole), "resumed from {given:?}");
    if world.kind == Kind::Groups {
        world.assert_positions_of_groups(&states(&after));
    } else {
        assert_eq!(positions(&states(&after)), positions(&states(whole)), "resumed from {given:?}");
    }
    for (name, state) in &given {
        let Some(next) = state["stream"]["stream_state"]["next"].as_str() else { continue };
        // A partition of a full refresh that has just ended: another thread sent the state before `next` moved on, or the
        // parent after it is not known until it comes.
        if state["stream"]["stream_state"]["partitions"][next] == json!({}) {
            continue;
        }
        if world.kind == Kind::Groups {
            world.steps.groups.assert_began_with(name, next, state);
            continue;
        }
        let next = next.parse().unwrap();
        let mut records = after.iter().map(|message| &message["record"]);
        let first = records.find(|record| record["stream"] == **name);
        // If the partition has records, it has one at its position. But a checkpoint may be after all of them.
        if world.kind != Kind::Windowed && world.all(Some(next)).next().is_some() {
            assert_eq!(first.unwrap()["data"]["id"].as_u64().unwrap() as usize % 3, next, "{state}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_record_is_lost_wherever_a_run_is_interrupted(history in history(13)) {
        history.check(13, Kind::Plain);
    }

    #[test]
    fn no_record_is_lost_wherever_a_run_of_windows_is_interrupted(history in history(windowed::STREAMS)) {
        history.check(windowed::STREAMS, Kind::Windowed);
    }

    #[test]
    fn no_record_is_lost_wherever_a_run_of_parallel_windows_is_interrupted(
        history in history(parallel_windows::STREAMS),
    ) {
        history.check(parallel_windows::STREAMS, Kind::ParallelWindows);
    }

    #[test]
    fn no_record_is_lost_wherever_a_run_of_groups_is_interrupted(history in history(groups::STREAMS)) {
        history.check(groups::STREAMS, Kind::Groups);
    }

    #[test]
    fn no_record_is_lost_wherever_a_run_of_children_is_interrupted(history in history(children::STREAMS)) {
        history.check(children::STREAMS, Kind::Children);
    }
}

/// The records of the API, and when runs are interrupted.
#[derive(Debug)]
struct History {
    steps: Vec<(i64, bool)>,
    records_per_state: u64,
    concurrency: u32,
    seed: u64,
    interrupts: Vec<usize>,
}

fn history(streams: usize) -> impl Strategy<Value = History> {
    // Small steps, so that cursors are equal often.
    let steps = prop::collection::vec((0..3_i64, any::<bool>()), 0..11);
    let interrupts = prop::collection::vec(0..streams * 22, 16);
    (steps, 1..6_u64, 1..5_u32, any::<u64>(), interrupts).prop_map(
        |(steps, records_per_state, concurrency, seed, interrupts)| History {
            steps,
            records_per_state,
            concurrency,
            seed,
            interrupts,
        },
    )
}

impl History {
    /// Reads the records in this number of streams.
    fn check(&self, streams: usize, kind: Kind) {
        let Self { steps, records_per_state, concurrency, seed, interrupts } = self;
        let mut at = 0;
        let records: Arc<[_]> = steps
            .iter()
            .enumerate()
            .map(|(id, (step, null))| {
                at += step;
                (id, at, *null)
            })
            .collect();
        let world = World { kind, records, concurrency: *concurrency, seed: *seed, steps: Arc::default() };
        let whole = world.read(&BTreeMap::new(), *records_per_state, None);
        assert_eq!(seen(&whole).len(), streams * steps.len());
        let counted: f64 =
            whole.iter().filter_map(|message| message["state"]["sourceStats"]["recordCount"].as_f64()).sum();
        assert_eq!(counted as usize, streams * steps.len());
        for cut in 0..=whole.len() {
            assert_resumes(&world, &whole, &whole[..cut], *records_per_state);
        }
        // Each record is two steps: one before it is emitted, and one while it is serialized.
        for until in interrupts.iter().filter(|until| **until < 2 * streams * steps.len()) {
            let before = world.read(&BTreeMap::new(), *records_per_state, Some(*until));
            assert_eq!(before.last().unwrap()["trace"]["stream_status"]["status"], "INCOMPLETE");
            assert_resumes(&world, &whole, &before, *records_per_state);
        }
    }
}
