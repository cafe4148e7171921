//! The law of resuming, for generated streams of every kind: wherever a run is cut, what came before the cut and what a run
//! from the states before it brings are together every record, and the states at the end are those of a run that was not
//! cut. A stream in partitions goes on with the partition that was being read.

use super::Source;
use crate::commands;
use crate::error::Result;
use crate::input::States;
use crate::output::{Lines, Memory};
use crate::read_context::Pace;
use crate::run_context::RunContext;
use crate::stream::Stream;
use crate::{AirbyteSpec, Emitter, airbyte_stream};
use jiff::{SignedDuration, Timestamp, ToSpan, civil::Date, civil::DateTime};
use proptest::prelude::*;
use serde::{Serialize, Serializer};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

#[derive(AirbyteSpec)]
struct Config {}

macro_rules! kinds {
    ($($kind:ident $name:literal $at:ty $(, $word:ident = $value:ident)*;)*) => {$(
        #[airbyte_stream(name = $name, primary_key(id), cursor = at $(, $word = $value)*)]
        struct $kind {
            #[schemars(with = "usize")]
            id: Id,
            at: $at,
        }
    )*};
}
kinds! {
    Ascending "ascending" i64, order = ascending;
    LookedBack "looked_back" i64, order = ascending;
    Sparse "sparse" Option<i64>, on_null = emit, order = ascending;
    Texts "texts" String, order = ascending;
    Dates "dates" Date, order = ascending;
    Moments "moments" Timestamp, order = ascending;
    LocalTimes "local_times" DateTime, order = ascending;
    Unordered "unordered" Option<i64>, on_null = emit;
    AscendingPartitions "ascending_partitions" i64, order = ascending;
    UnorderedPartitions "unordered_partitions" Option<i64>, on_null = emit;
}

#[airbyte_stream(nested)]
struct About {
    #[serde(rename = "At")]
    at: Option<i64>,
}

#[airbyte_stream(name = "within", primary_key(id), cursor = about.at, on_null = emit, order = ascending)]
struct Within {
    #[schemars(with = "usize")]
    id: Id,
    about: About,
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

/// The moments in which a signal may come, counted down to the one in which it does; and the run.
#[derive(Default)]
struct Countdown(Mutex<Option<(usize, RunContext)>>);

impl Countdown {
    /// One of them.
    fn pass(&self) {
        let mut left = self.0.lock().unwrap();
        match &mut *left {
            Some((0, run)) => {
                run.end(None);
                *left = None;
            }
            Some((moments, _)) => *moments -= 1,
            None => {}
        }
    }
}

/// The number of a record. That it is written is a moment in the middle of `emit`.
#[derive(Clone)]
struct Id(usize, Arc<Countdown>);

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.1.pass();
        self.0.serialize(serializer)
    }
}

/// What the services hold: for each record its position, and whether it lacks one; they do not go down.
#[derive(Clone)]
struct World {
    records: Arc<[(usize, i64, bool)]>,
    moments: Arc<Countdown>,
}

impl World {
    /// Emits, as a service does that is asked for everything from a position on; what has none is sent again.
    fn serve<T: Stream>(
        &self,
        since: Option<&T::Cursor>,
        records: impl Iterator<Item = T>,
        out: &mut Emitter<T>,
    ) -> Result<()> {
        let asked = |record: &T| since.is_none_or(|since| record.cursor().is_none_or(|at| at >= since));
        records.filter(asked).try_for_each(|record| {
            self.moments.pass();
            out.emit(record)
        })
    }

    /// The records of one partition, or all.
    fn all(&self, partition: Option<usize>) -> impl DoubleEndedIterator<Item = (Id, i64, bool)> + '_ {
        let records = self.records.iter();
        let records = records.filter(move |(id, ..)| partition.is_none_or(|partition| id % 3 == partition));
        records.map(|&(id, at, null)| (Id(id, Arc::clone(&self.moments)), at, null))
    }

    fn source(&self, pace: u64) -> Source<Config> {
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
        let (world, back, within, partitions, jumbled, everything) =
            (self.clone(), self.clone(), self.clone(), self.clone(), self.clone(), self.clone());
        let mut source = Source::<Config>::new("law", "0")
            .incremental(fetch!(Ascending, |at, _null| at))
            .incremental(move |_, since: Option<i64>, out: &mut Emitter<LookedBack>| {
                let since = since.map(|since| since - 2);
                back.serve(since.as_ref(), back.all(None).map(|(id, at, _)| LookedBack { id, at }), out)
            })
            .incremental(fetch!(Sparse, |at, null| (!null).then_some(at)))
            .incremental(fetch!(Texts, |at, _null| format!("{at:04}")))
            .incremental(fetch!(Dates, |at, _null| Date::constant(9998, 1, 1) + at.days()))
            .incremental(
                fetch!(Moments, |at, _null| Timestamp::UNIX_EPOCH + SignedDuration::from_millis(at - 5))
            )
            .incremental(
                fetch!(LocalTimes, |at, _null| Date::constant(2024, 1, 1).at(0, 0, 0, 0) + at.nanoseconds())
            )
            .incremental(fetch!(Unordered, |at, null| (!null).then_some(at * 7 % 5)))
            .incremental(move |_, since: Option<i64>, out: &mut Emitter<Within>| {
                let about = |at, null: bool| About { at: (!null).then_some(at) };
                let records = within.all(None).map(|(id, at, null)| Within { id, about: about(at, null) });
                within.serve(since.as_ref(), records, out)
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
            });
        source.pace = Pace { records_per_clock: 1, records_per_state: pace };
        source
    }

    /// Reads all streams, from these states on; up to a moment, if one is given.
    fn read(&self, states: &BTreeMap<String, Value>, pace: u64, until: Option<usize>) -> Vec<Value> {
        let memory = Memory::default();
        let run = RunContext::to(Lines::new(Box::new(memory.clone())));
        *self.moments.0.lock().unwrap() = until.map(|moments| (moments, run.clone()));
        let source = self.source(pace);
        let streams = source.catalog().unwrap().into_iter().map(|stream| {
            let mode = stream.supported_sync_modes.last().cloned();
            json!({"stream": stream, "sync_mode": mode, "destination_sync_mode": "append"})
        });
        let catalog = serde_json::from_value(json!({"streams": streams.collect::<Vec<_>>()})).unwrap();
        let states: Value = states.values().cloned().collect();
        let states = States::read(states.to_string().as_bytes(), "the state", []).unwrap();
        let done = commands::read(&source, &Config {}, catalog, states, &run);
        assert_eq!(done.is_ok(), until.is_none());
        let _ = run.output.flush();
        memory.take_messages()
    }
}

/// Stream and id of the records.
fn seen(messages: &[Value]) -> BTreeSet<(String, u64)> {
    let records = messages.iter().map(|message| &message["record"]).filter(|record| record.is_object());
    records
        .map(|record| (record["stream"].as_str().unwrap().to_owned(), record["data"]["id"].as_u64().unwrap()))
        .collect()
}

/// The last state of each stream.
fn states(messages: &[Value]) -> BTreeMap<String, Value> {
    let states = messages.iter().map(|message| &message["state"]).filter(|state| state.is_object());
    states
        .map(|state| {
            (state["stream"]["stream_descriptor"]["name"].as_str().unwrap().to_owned(), state.clone())
        })
        .collect()
}

fn positions(states: &BTreeMap<String, Value>) -> Vec<(&String, &Value)> {
    states.iter().map(|(name, state)| (name, &state["stream"]["stream_state"])).collect()
}

/// No state takes back what an earlier one has said.
fn never_goes_back(messages: &[Value]) {
    let mut last: BTreeMap<&str, Value> = BTreeMap::new();
    for state in messages.iter().map(|message| &message["state"]["stream"]).filter(|state| state.is_object())
    {
        let name = state["stream_descriptor"]["name"].as_str().unwrap();
        if let Some(before) = last.insert(name, state["stream_state"].clone()) {
            is_no_further(&before, &state["stream_state"]);
        }
    }
}

fn is_no_further(before: &Value, after: &Value) {
    if let Some(object) = before.as_object() {
        object.iter().for_each(|(key, before)| is_no_further(before, &after[key]));
    } else if let Some(number) = before.as_i64() {
        assert!(after.as_i64() >= Some(number), "{before} and then {after}");
    }
}

/// Resumes after `before`, and looks whether anything is missing.
fn resumes_well(world: &World, whole: &[Value], before: &[Value], pace: u64) {
    never_goes_back(before);
    let given = states(before);
    let after = world.read(&given, pace, None);
    let mut both = seen(before);
    both.extend(seen(&after));
    assert_eq!(both, seen(whole), "resumed from {given:?}");
    assert_eq!(positions(&states(&after)), positions(&states(whole)), "resumed from {given:?}");
    for (name, state) in &given {
        let Some(next) = state["stream"]["stream_state"]["next"].as_str() else { continue };
        let next = next.parse().unwrap();
        let mut records = after.iter().map(|message| &message["record"]);
        let first = records.find(|record| record["stream"] == **name);
        // A partition that has records has one at the position it stands at.
        if world.all(Some(next)).next().is_some() {
            assert_eq!(first.unwrap()["data"]["id"].as_u64().unwrap() as usize % 3, next, "{state}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_record_is_lost_wherever_a_run_is_cut(
        // Small steps, so that there are ties.
        steps in prop::collection::vec((0..3_i64, any::<bool>()), 0..11),
        pace in 1..6_u64,
        interrupts in prop::collection::vec(0..286_usize, 16),
    ) {
        let mut at = 0;
        let records: Arc<[_]> =
            steps.iter().enumerate().map(|(id, (step, null))| { at += step; (id, at, *null) }).collect();
        let world = World { records, moments: Arc::default() };
        let whole = world.read(&BTreeMap::new(), pace, None);
        assert_eq!(seen(&whole).len(), 13 * steps.len());
        let counted: f64 = whole.iter().filter_map(|message| message["state"]["sourceStats"]["recordCount"].as_f64()).sum();
        assert_eq!(counted as usize, 13 * steps.len());
        for cut in 0..=whole.len() {
            resumes_well(&world, &whole, &whole[..cut], pace);
        }
        for moment in interrupts.into_iter().filter(|moment| *moment < 26 * steps.len()) {
            let before = world.read(&BTreeMap::new(), pace, Some(moment));
            assert_eq!(before.last().unwrap()["trace"]["stream_status"]["status"], "INCOMPLETE");
            resumes_well(&world, &whole, &before, pace);
        }
    }
}
