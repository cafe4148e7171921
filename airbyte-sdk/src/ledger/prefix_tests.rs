//! Property tests of the ledger, for generated histories of several streams and for threads that emit concurrently. For
//! every prefix of stdout: a state covers only records within the prefix and none after a hold began, its `recordCount` is
//! the number of the stream's records since the previous state, and no message of a stream follows its terminal status.

use super::{Block, Ledger, LedgerStream, PositionUpdate};
use crate::cursor::{Order, Progress};
use crate::hold::Hold;
use crate::json_text::JsonText;
use crate::output::{Lines, Memory, Output};
use crate::protocol::{AirbyteStreamStatus, StreamDescriptor};
use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The stream and partition of each emitter: an unpartitioned stream, and one with three partitions.
const EMITTERS: [(usize, Option<&str>); 4] = [(0, None), (1, Some("a")), (1, Some("b")), (1, Some("c"))];

struct World {
    memory: Memory,
    ledger: Arc<Ledger>,
    streams: Vec<LedgerStream>,
    blocks: Vec<(Arc<Block<u64>>, Hold)>,
}

impl World {
    fn new() -> Self {
        let memory = Memory::default();
        let ledger = Ledger::new(Output::to(Lines::new(Box::new(memory.clone()))));
        let start =
            |name: &str| ledger.start(&StreamDescriptor::new(name), JsonText::empty_object()).unwrap();
        let streams = vec![start("0"), start("1")];
        streams[1].in_partitions(crate::text_map::TextMap::new(), None, None, None);
        let block = |&(stream, partition): &(usize, Option<&str>)| {
            let stream: &LedgerStream = &streams[stream];
            let hold = stream.holds().hold(false);
            let progress = Progress::new(Order::Ascending, None);
            let partitions = partition.iter().map(|name| ((*name).into(), None)).collect();
            (Block::new(stream, partitions, Some("id".to_owned()), &hold, progress), hold)
        };
        let blocks = EMITTERS.iter().map(block).collect();
        Self { memory, ledger, streams, blocks }
    }

    /// Ends an emitter with its final position.
    fn end(&self, emitter: usize) {
        let (block, hold) = &self.blocks[emitter];
        block.update_hold();
        let position =
            block.position().map_or(PositionUpdate::Keep, |position| PositionUpdate::Set(Some(position)));
        let _ = block.hand_over_at(position);
        block.end();
        hold.end();
    }

    /// Emits a record; returns whether it was accepted.
    fn add(&self, emitter: usize, id: u64) -> bool {
        let (stream, partition) = EMITTERS[emitter];
        let data = json!({"id": id, "partition": partition});
        let record = json!({"type": "RECORD", "record": {"stream": stream.to_string(), "emitted_at": 0, "data": data}});
        self.blocks[emitter].0.add(format!("{record}\n").as_bytes(), Some(&id)).is_ok()
    }
}

/// What a reader of stdout has seen.
#[derive(Default)]
struct Reader {
    /// The last record of each emitter.
    seen: BTreeMap<(String, Option<String>), u64>,
    since_state: BTreeMap<String, u64>,
    status: BTreeMap<String, String>,
}

impl Reader {
    /// Checks more messages. No position may be beyond the `limit` of its emitter.
    fn read(&mut self, messages: &[Value], limit: impl Fn(usize) -> Option<u64>) {
        for message in messages {
            if let Some(record) = message.get("record") {
                let stream = record["stream"].as_str().unwrap().to_owned();
                assert_eq!(self.status.get(&stream).map(String::as_str), Some("RUNNING"), "{message}");
                *self.since_state.entry(stream.clone()).or_default() += 1;
                let partition = record["data"]["partition"].as_str().map(str::to_owned);
                self.seen.insert((stream, partition), record["data"]["id"].as_u64().unwrap());
            } else if let Some(state) = message.get("state") {
                self.read_state(state, &limit);
            } else if let Some(status) = message["trace"].get("stream_status") {
                let stream = status["stream_descriptor"]["name"].as_str().unwrap().to_owned();
                let (before, now) = (self.status.get(&stream).cloned(), status["status"].as_str().unwrap());
                let valid = match before.as_deref() {
                    None => now == "STARTED",
                    Some("STARTED") => now != "STARTED",
                    Some(before) => before == "RUNNING" && !["STARTED", "RUNNING"].contains(&now),
                };
                assert!(valid, "{now} of {stream} after {before:?}");
                self.status.insert(stream, now.to_owned());
            }
        }
    }

    fn read_state(&mut self, state: &Value, limit: impl Fn(usize) -> Option<u64>) {
        let stream = state["stream"]["stream_descriptor"]["name"].as_str().unwrap().to_owned();
        assert!(["STARTED", "RUNNING"].contains(&&*self.status[&stream]), "{state}");
        let counted = self.since_state.insert(stream.clone(), 0).unwrap_or_default();
        assert_eq!(state["sourceStats"]["recordCount"].as_f64(), Some(counted as f64), "{state}");
        for (emitter, (of, partition)) in
            EMITTERS.iter().enumerate().filter(|(_, (of, _))| of.to_string() == stream)
        {
            let position = match partition {
                Some(name) => &state["stream"]["stream_state"]["partitions"][name],
                None => &state["stream"]["stream_state"],
            };
            let Some(position) = position["id"].as_u64() else { continue };
            let key = (of.to_string(), partition.map(str::to_owned));
            assert!(self.seen.get(&key).is_some_and(|seen| position <= *seen), "{state}: {:?}", self.seen);
            assert!(
                limit(emitter).is_none_or(|limit| position <= limit),
                "{state}, held at {:?}",
                limit(emitter)
            );
        }
    }
}

#[derive(Clone, Debug)]
enum Step {
    Add(usize),
    HandOver(usize),
    Hold(usize),
    Release(usize),
    Checkpoint(usize),
    Beat,
    BeforeWait(usize),
    /// Ends the emitter of a partition, but not its stream.
    EndEmitter(usize),
    End(usize),
    /// Another thread gets the emitters, to hand over their blocks later.
    TakeEmitters,
    HandOverLate,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let (emitter, stream) = (0..EMITTERS.len(), 0..2_usize);
    let step = prop_oneof![
        8 => emitter.clone().prop_map(Step::Add),
        3 => emitter.clone().prop_map(Step::HandOver),
        2 => emitter.clone().prop_map(Step::Hold),
        2 => emitter.prop_map(Step::Release),
        2 => stream.clone().prop_map(Step::Checkpoint),
        2 => Just(Step::Beat),
        2 => stream.clone().prop_map(Step::BeforeWait),
        1 => (1..EMITTERS.len()).prop_map(Step::EndEmitter),
        2 => Just(Step::TakeEmitters),
        2 => Just(Step::HandOverLate),
        1 => stream.prop_map(Step::End),
    ];
    prop::collection::vec(step, 0..60)
}

/// Executes the steps, then ends the run as a signal does, and checks the output.
fn check_history(steps: &[Step]) {
    let (world, mut reader) = (World::new(), Reader::default());
    let mut last = [None; EMITTERS.len()];
    // Where each emitter was when it was held.
    let mut held: [Option<Option<u64>>; EMITTERS.len()] = [None; EMITTERS.len()];
    let mut ended = [false; EMITTERS.len()];
    let mut late = Vec::new();
    for (number, step) in steps.iter().enumerate() {
        match *step {
            // An emitter that has ended is not used again.
            Step::Add(emitter) | Step::Hold(emitter) | Step::Release(emitter) | Step::EndEmitter(emitter)
                if ended[emitter] => {}
            Step::Add(emitter) => {
                // As an emitter does when the epoch has changed.
                world.blocks[emitter].0.update_hold();
                if world.add(emitter, number as u64) {
                    last[emitter] = Some(number as u64);
                }
            }
            Step::HandOver(emitter) => drop(world.blocks[emitter].0.hand_over()),
            Step::Hold(emitter) => {
                if held[emitter].is_none() {
                    world.blocks[emitter].1.hold();
                    held[emitter] = Some(last[emitter]);
                }
            }
            Step::Release(emitter) => {
                world.blocks[emitter].1.release();
                held[emitter] = None;
            }
            Step::Checkpoint(stream) => drop(world.streams[stream].checkpoint()),
            Step::Beat => {
                world.ledger.hand_over_all();
            }
            Step::BeforeWait(stream) => drop(world.streams[stream].checkpoint_before_wait()),
            Step::EndEmitter(emitter) => {
                world.end(emitter);
                ended[emitter] = true;
            }
            Step::End(stream) => {
                let emitters = EMITTERS.iter().enumerate().filter(|(_, (of, _))| *of == stream);
                for (emitter, _) in
                    emitters.filter(|(emitter, _)| !std::mem::replace(&mut ended[*emitter], true))
                {
                    world.end(emitter);
                }
                let _ = world.streams[stream].checkpoint();
                let _ = world.streams[stream].run();
                let _ = world.streams[stream].end(AirbyteStreamStatus::Complete);
            }
            Step::TakeEmitters => late = world.ledger.emitters(),
            Step::HandOverLate => late.drain(..).for_each(|emitter| drop(emitter.try_hand_over())),
        }
        let _ = world.ledger.output.flush();
        // Without a record before the hold the limit is 0, which is not the position of a record after it.
        let limit = |emitter: usize| held[emitter].map(|at: Option<u64>| at.unwrap_or_default());
        reader.read(&world.memory.take_messages(), limit);
    }
    world.ledger.close();
    let _ = world.ledger.output.flush();
    let limit = |emitter: usize| held[emitter].map(|at: Option<u64>| at.unwrap_or_default());
    reader.read(&world.memory.take_messages(), limit);
    // All records that were emitted have been written.
    for (emitter, (stream, partition)) in EMITTERS.iter().enumerate() {
        let key = (stream.to_string(), partition.map(str::to_owned));
        assert_eq!(reader.seen.get(&key).copied(), last[emitter]);
    }
}

#[test]
fn every_prefix_of_a_history_is_consistent() {
    // The same histories each time, so that an unrelated change does not fail by chance.
    let config = ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    runner
        .run(&steps(), |steps| {
            check_history(&steps);
            Ok(())
        })
        .unwrap();
}

/// Threads emit in one stream and in several, while others hand over blocks and send states.
#[test]
fn output_of_concurrent_emitters_is_consistent() {
    for records in [1_000, 3_000] {
        let world = World::new();
        std::thread::scope(|scope| {
            for emitter in 0..EMITTERS.len() {
                let world = &world;
                scope.spawn(move || (1..=records).all(|id| world.add(emitter, id)));
            }
            scope.spawn(|| {
                for _ in 0..200 {
                    world.ledger.hand_over_all();
                    world.streams.iter().for_each(|stream| drop(stream.checkpoint()));
                }
            });
        });
        world.ledger.close();
        let _ = world.ledger.output.flush();
        let mut reader = Reader::default();
        reader.read(&world.memory.take_messages(), |_| None);
        assert!(reader.seen.values().all(|last| *last == records), "{:?}", reader.seen);
        assert!(reader.status.values().all(|status| status == "INCOMPLETE"));
    }
}
