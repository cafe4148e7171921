//! Property tests of round-robin reading, for generated partitions and request budgets. However small the budget of a read,
//! and in whichever way the API reports its end, n + 1 reads reach each of n partitions and finish each that fits into a
//! budget, even if the API lists them in another order each time. The same holds for parents, in the same order each time, and each partition of a
//! stream in groups is reached in as many reads.

use super::Source;
use super::turnstile::Turnstile;
use crate::commands;
use crate::error::Error;
use crate::input::States;
use crate::output::{Lines, Memory};
use crate::read_context::RecordIntervals;
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

#[airbyte_stream(name = "shops", primary_key(id))]
struct Shop {
    id: usize,
}

#[airbyte_stream(name = "unordered_children", cursor = number)]
struct UnorderedChild {
    number: u64,
}

#[airbyte_stream(name = "ascending_children", cursor = number, order = ascending)]
struct AscendingChild {
    number: u64,
}

#[airbyte_stream(name = "unordered_groups", cursor = number)]
struct UnorderedGroup {
    number: u64,
}

#[airbyte_stream(name = "ascending_groups", cursor = number, order = ascending)]
struct AscendingGroup {
    number: u64,
}

/// The simulated API.
struct World {
    /// The number of records of each partition.
    sizes: Vec<u64>,
    /// The number of records that one read may get.
    budget: u64,
    /// Whether the API reports an exhausted rate limit; otherwise each further partition fails.
    reports_limit: bool,
    /// How many threads read.
    concurrency: u32,
    /// Chooses the order of the threads' steps.
    seed: u64,
    turnstile: Arc<Turnstile>,
    /// The number of reads; every second one gets the partitions in reverse order.
    reads: AtomicUsize,
}

#[derive(Default)]
struct Seen {
    /// The partitions that were started, and those that were finished.
    started: BTreeSet<usize>,
    finished: BTreeSet<usize>,
}

impl World {
    fn source(&self, seen: &Arc<Mutex<Seen>>) -> Source<Config> {
        macro_rules! fetch {
            ($kind:ident) => {{
                let (left, seen, sizes) = (AtomicU64::new(self.budget), Arc::clone(seen), self.sizes.clone());
                let (reports_limit, turnstile) = (self.reports_limit, Arc::clone(&self.turnstile));
                // The API ignores `since`, so each partition costs the same in each read.
                move |_: &Config, partition: &usize, _since: Option<u64>, out: &mut Emitter<$kind>| {
                    let _running = turnstile.enter();
                    for number in 0..sizes[*partition] {
                        turnstile.pass();
                        if left.fetch_update(Relaxed, Relaxed, |left| left.checked_sub(1)).is_err() {
                            let no_more = "no more for today";
                            return Err(if reports_limit {
                                Error::exhausted(no_more)
                            } else {
                                Error::transient(no_more)
                            });
                        }
                        seen.lock().unwrap().started.insert(*partition);
                        out.emit($kind { number })?;
                    }
                    seen.lock().unwrap().started.insert(*partition);
                    seen.lock().unwrap().finished.insert(*partition);
                    Ok(())
                }
            }};
        }
        let (count, reversed) = (self.sizes.len(), self.reads.fetch_add(1, Relaxed) % 2 == 1);
        let shops = move |_: &Config, out: &mut Emitter<Shop>| {
            // Always in the same order: parents are read as they arrive.
            (0..count).try_for_each(|id| out.emit(Shop { id }))
        };
        macro_rules! children {
            ($kind:ident) => {{
                let fetch = fetch!($kind);
                move |config: &Config, shop: &Shop, since: Option<u64>, out: &mut Emitter<$kind>| {
                    fetch(config, &shop.id, since, out)
                }
            }};
        }
        // The positions of each read are after those of the one before, so that groups overtake each other.
        let offset = 100 * self.reads.load(Relaxed) as u64;
        macro_rules! groups {
            ($kind:ident) => {{
                let (left, seen, sizes) = (AtomicU64::new(self.budget), Arc::clone(seen), self.sizes.clone());
                let (reports_limit, turnstile) = (self.reports_limit, Arc::clone(&self.turnstile));
                move |_: &Config, group: &[usize], _since: Option<u64>, out: &mut Emitter<$kind>| {
                    let _running = turnstile.enter();
                    for number in 0..group.iter().map(|partition| sizes[*partition]).sum() {
                        turnstile.pass();
                        if left.fetch_update(Relaxed, Relaxed, |left| left.checked_sub(1)).is_err() {
                            let no_more = "no more for today";
                            return Err(if reports_limit {
                                Error::exhausted(no_more)
                            } else {
                                Error::transient(no_more)
                            });
                        }
                        seen.lock().unwrap().started.extend(group);
                        out.emit($kind { number: offset + number })?;
                    }
                    seen.lock().unwrap().started.extend(group);
                    Ok(())
                }
            }};
        }
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
            .full_refresh(shops)
            .incremental_children(children!(UnorderedChild))
            .incremental_children(children!(AscendingChild))
            .incremental_groups(2, list, groups!(UnorderedGroup))
            .incremental_groups(2, list, groups!(AscendingGroup))
            .stop_when_exhausted();
        source.intervals = RecordIntervals { records_per_clock: 1, records_per_state: 3 };
        let concurrency = self.concurrency;
        source.concurrency(move |_| concurrency)
    }

    /// Reads one stream once, and returns its state after that.
    fn read(&self, stream: &str, given: Option<Value>, seen: &Arc<Mutex<Seen>>) -> Option<Value> {
        self.turnstile.start(self.concurrency as usize, self.seed);
        let memory = Memory::default();
        let run = RunContext::to(Lines::new(Box::new(memory.clone())));
        let source = self.source(seen);
        let described = source.catalog().unwrap().into_iter().find(|described| described.name == stream);
        let catalog = json!({"streams": [{"stream": described, "sync_mode": "incremental", "destination_sync_mode": "append"}]});
        let states = given.as_ref().map_or(json!({}), |state| json!({(stream): state}));
        let streams = source.catalog().unwrap().into_iter().map(|stream| stream.descriptor());
        let states = States::read(states.to_string().as_bytes(), "the state", streams).unwrap();
        let catalog = serde_json::from_value(catalog).unwrap();
        let outcome = commands::read(&source, &Config {}, catalog, states, &run).ok().unwrap();
        run.output.flush().unwrap();
        let messages = memory.take_messages();
        let mut states = messages.iter().map(|message| &message["state"]["stream"]["stream_state"]);
        let last = states.rfind(|state| state.is_object());
        // Each success has a state; a failure has none if nothing changed.
        assert!(last.is_some() || matches!(outcome, commands::Outcome::FailedStreams));
        assert!(!self.reports_limit || matches!(outcome, commands::Outcome::Success));
        // Sorted, because platforms do not preserve the order of keys.
        let sorted =
            |state: &Value| serde_json::from_value::<BTreeMap<String, Value>>(state.clone()).unwrap();
        last.map(|state| serde_json::to_value(sorted(state)).unwrap()).or(given)
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_partition_is_reached(
        sizes in prop::collection::vec(0..8_u64, 1..6),
        budget in 0..8_u64,
        reports_limit: bool,
        concurrency in 1..5_u32,
        seed: u64,
        before in 0..5_usize,
    ) {
        let world = World { sizes, budget, reports_limit, concurrency, seed, turnstile: Arc::default(), reads: AtomicUsize::default() };
        for stream in ["unordered", "ascending", "unordered_children", "ascending_children", "unordered_groups", "ascending_groups"] {
            let (ignored, mut state) = (Arc::default(), None);
            for _ in 0..before {
                state = world.read(stream, state, &ignored);
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
                prop_assert!(seen.started.contains(&partition), "{stream}: {partition} was never started");
                // A group is larger than one of its partitions.
                let may_be_cut = *size > world.budget || stream.ends_with("groups");
                prop_assert!(may_be_cut || seen.finished.contains(&partition), "{stream}: {partition} was never finished");
            }
            // With a sufficient budget all are read, and the state has no `next`.
            let whole = World { sizes: world.sizes.clone(), budget: u64::MAX, reports_limit, concurrency, seed, turnstile: Arc::default(), reads: AtomicUsize::default() };
            let state = whole.read(stream, state, &Arc::default());
            if stream.ends_with("groups") {
                prop_assert_eq!(&state.unwrap()["next"], &Value::Null);
                continue;
            }
            let positions = world.sizes.iter().enumerate().filter(|(_, size)| **size > 0);
            let positions = positions.map(|(partition, size)| (partition.to_string(), json!({"number": size - 1})));
            prop_assert_eq!(state.unwrap(), json!({"partitions": positions.collect::<BTreeMap<_, _>>()}));
        }
    }
}
