//! The law of fairness, for generated partitions and budgets: however small the budget of a read is, and however the service says
//! that it is used up, in as many reads as there are partitions, and one, each has its turn, and one that fits a budget is read to
//! its end, even if the list comes in another order each time.

use super::Source;
use crate::commands;
use crate::error::Error;
use crate::input::States;
use crate::output::{Lines, Memory};
use crate::read_context::Pace;
use crate::run_context::RunContext;
use crate::{AirbyteSpec, Emitter, airbyte_stream};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex};

#[derive(AirbyteSpec)]
struct Config {}

#[airbyte_stream(name = "unordered", cursor = number)]
struct Unordered {
    number: u64,
}

#[airbyte_stream(name = "ascending", cursor = number, order = ascending)]
struct Ascending {
    number: u64,
}

/// How many records each partition has, and how many a read may bring.
struct World {
    sizes: Vec<u64>,
    budget: u64,
    /// Whether the service says for how long it allows no more; otherwise each partition fails.
    says_so: bool,
    /// The list comes in another order in every second of these.
    reads: AtomicUsize,
}

#[derive(Default)]
struct Seen {
    /// The partitions that were begun with, and those that were read to their end.
    begun: BTreeSet<usize>,
    ended: BTreeSet<usize>,
}

impl World {
    fn source(&self, seen: &Arc<Mutex<Seen>>) -> Source<Config> {
        macro_rules! fetch {
            ($kind:ident) => {{
                let (left, seen, sizes) = (AtomicU64::new(self.budget), Arc::clone(seen), self.sizes.clone());
                let says_so = self.says_so;
                // The service does not know from where on somebody asks: each partition costs the same in each read.
                move |_: &Config, partition: &usize, _since: Option<u64>, out: &mut Emitter<$kind>| {
                    for number in 0..sizes[*partition] {
                        if left.load(Relaxed) == 0 {
                            let no_more = "no more for today";
                            return Err(if says_so { Error::exhausted(no_more) } else { Error::transient(no_more) });
                        }
                        left.fetch_sub(1, Relaxed);
                        seen.lock().unwrap().begun.insert(*partition);
                        out.emit($kind { number })?;
                    }
                    seen.lock().unwrap().begun.insert(*partition);
                    seen.lock().unwrap().ended.insert(*partition);
                    Ok(())
                }
            }};
        }
        let (count, reversed) = (self.sizes.len(), self.reads.fetch_add(1, Relaxed) % 2 == 1);
        let list = move |_: &Config, _: &crate::Http| {
            let mut partitions: Vec<usize> = (0..count).collect();
            if reversed {
                partitions.reverse();
            }
            Ok(partitions)
        };
        let mut source = Source::new("fair", "0")
            .incremental_partitions(list, fetch!(Unordered))
            .incremental_partitions(list, fetch!(Ascending))
            .stop_when_exhausted();
        source.pace = Pace { records_per_clock: 1, records_per_state: 3 };
        source
    }

    /// Reads one stream once; its state after that.
    fn read(&self, stream: &str, given: Option<Value>, seen: &Arc<Mutex<Seen>>) -> Option<Value> {
        let memory = Memory::default();
        let run = RunContext::to(Lines::new(Box::new(memory.clone())));
        let source = self.source(seen);
        let described = source.catalog().unwrap().into_iter().find(|described| described.name == stream);
        let catalog = json!({"streams": [{"stream": described, "sync_mode": "incremental", "destination_sync_mode": "append"}]});
        let states = given.as_ref().map_or(json!({}), |state| json!({(stream): state}));
        let streams = source.catalog().unwrap().into_iter().map(|stream| stream.descriptor());
        let states = States::read(states.to_string().as_bytes(), "the state", streams).unwrap();
        let catalog = serde_json::from_value(catalog).unwrap();
        let done = commands::read(&source, &Config {}, catalog, states, &run).ok().unwrap();
        run.output.flush().unwrap();
        let messages = memory.take_messages();
        let mut states = messages.iter().map(|message| &message["state"]["stream"]["stream_state"]);
        let last = states.rfind(|state| state.is_object());
        // Every good end has a state; a failure without any is one that changed nothing.
        assert!(last.is_some() || matches!(done, commands::Done::WithFailedStreams));
        assert!(!self.says_so || matches!(done, commands::Done::Well));
        // As platforms keep it: in an order that says nothing.
        let sorted =
            |state: &Value| serde_json::from_value::<BTreeMap<String, Value>>(state.clone()).unwrap();
        last.map(|state| serde_json::to_value(sorted(state)).unwrap()).or(given)
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_partition_has_its_turn(
        sizes in prop::collection::vec(0..8_u64, 1..6),
        budget in 0..8_u64,
        says_so: bool,
        before in 0..5_usize,
    ) {
        let world = World { sizes, budget, says_so, reads: AtomicUsize::default() };
        for stream in ["unordered", "ascending"] {
            let (nobody, mut state) = (Arc::default(), None);
            for _ in 0..before {
                state = world.read(stream, state, &nobody);
            }
            let seen = Arc::<Mutex<Seen>>::default();
            for _ in 0..=world.sizes.len() {
                state = world.read(stream, state, &seen);
            }
            let seen = seen.lock().unwrap();
            if budget == 0 {
                continue;
            }
            for (partition, size) in world.sizes.iter().enumerate() {
                prop_assert!(seen.begun.contains(&partition), "{stream}: {partition} was never begun with");
                prop_assert!(*size > world.budget || seen.ended.contains(&partition), "{stream}: {partition} never ended");
            }
            // With enough of a budget all are read, and there is none that is next.
            let whole = World { sizes: world.sizes.clone(), budget: u64::MAX, says_so, reads: AtomicUsize::default() };
            let state = whole.read(stream, state, &Arc::default());
            let positions = world.sizes.iter().enumerate().filter(|(_, size)| **size > 0);
            let positions = positions.map(|(partition, size)| (partition.to_string(), json!({"number": size - 1})));
            prop_assert_eq!(state.unwrap(), json!({"partitions": positions.collect::<BTreeMap<_, _>>()}));
        }
    }
}
