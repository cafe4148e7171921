//! Tests of streams that visit only the parents that changed: a simulated API whose objects change before, between and
//! during the reads, some of which fail or are cut off.

mod gaps;

use super::Source;
use crate::commands;
use crate::error::{Error, Result};
use crate::input::States;
use crate::output::{Lines, Memory};
use crate::run_context::RunContext;
use crate::{AirbyteSpec, Emitter, airbyte_stream};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard};

#[derive(AirbyteSpec)]
struct Config {}

#[airbyte_stream(name = "campaigns", primary_key(id), cursor = updated)]
struct Campaign {
    id: usize,
    updated: u64,
}

#[airbyte_stream(name = "groups", primary_key(id), cursor = updated)]
struct Group {
    id: usize,
    updated: u64,
}

#[airbyte_stream(name = "ads", primary_key(at), cursor = at)]
struct Ad {
    at: u64,
}

/// Each campaign has this many groups.
const GROUPS: usize = 2;
const CAMPAIGNS: usize = 4;

#[derive(Default)]
struct Data {
    clock: u64,
    /// The times at which the ads of each group were made.
    ads: BTreeMap<usize, Vec<u64>>,
    /// The calls of fetch functions, as `campaigns`, `groups of 1` or `ads of 12`.
    calls: Vec<String>,
    /// The call that fails.
    fails: Option<String>,
    /// The number of the call that an ad is made at, and its group.
    edit_at: Option<(usize, usize)>,
}

impl Data {
    /// Adds an ad to a group, which changes the group and its campaign.
    fn edit(&mut self, group: usize) {
        self.clock += 1;
        self.ads.entry(group).or_default().push(self.clock);
    }

    fn updated(&self, group: usize) -> Option<u64> {
        self.ads.get(&group)?.last().copied()
    }
}

fn groups(campaign: usize) -> impl Iterator<Item = usize> {
    (0..GROUPS).map(move |group| campaign * GROUPS + group)
}

#[derive(Clone, Default)]
struct Api(Arc<Mutex<Data>>);

impl Api {
    fn data(&self) -> MutexGuard<'_, Data> {
        self.0.lock().unwrap()
    }

    /// Records a call. Returns whether it fails.
    fn call(&self, what: String) -> Result<MutexGuard<'_, Data>> {
        let mut data = self.data();
        if let Some((at, group)) = data.edit_at
            && at == data.calls.len()
        {
            data.edit(group);
        }
        let fails = data.fails.as_ref() == Some(&what);
        data.calls.push(what);
        if fails { Err(Error::transient("out of order")) } else { Ok(data) }
    }

    fn source(&self, workers: u32) -> Source<Config> {
        let [campaigns, of_campaign, of_group] = [(); 3].map(|()| self.clone());
        Source::new("source", "0")
            .incremental(move |_: &Config, since: Option<u64>, out: &mut Emitter<Campaign>| {
                let data = campaigns.call("campaigns".to_owned())?;
                let updated = |id| groups(id).filter_map(|group| data.updated(group)).max();
                let changed: Vec<_> = (0..CAMPAIGNS).filter_map(|id| Some((id, updated(id)?))).collect();
                drop(data);
                // Not ascending.
                changed
                    .into_iter()
                    .filter(|(_, updated)| *updated >= since.unwrap_or(0))
                    .try_for_each(|(id, updated)| out.emit(Campaign { id, updated }))
            })
            .incremental_children_of_changed(
                move |_: &Config, campaign: &Campaign, since: Option<u64>, out: &mut Emitter<Group>| {
                    let data = of_campaign.call(format!("groups of {}", campaign.id))?;
                    let changed = groups(campaign.id).filter_map(|id| Some((id, data.updated(id)?)));
                    let changed: Vec<_> =
                        changed.filter(|(_, updated)| *updated >= since.unwrap_or(0)).collect();
                    drop(data);
                    changed.into_iter().try_for_each(|(id, updated)| out.emit(Group { id, updated }))
                },
            )
            .incremental_children_of_changed(
                move |_: &Config, group: &Group, since: Option<u64>, out: &mut Emitter<Ad>| {
                    let data = of_group.call(format!("ads of {}", group.id))?;
                    let ads = data.ads.get(&group.id).cloned().unwrap_or_default();
                    drop(data);
                    ads.into_iter()
                        .filter(|at| *at >= since.unwrap_or(0))
                        .try_for_each(|at| out.emit(Ad { at }))
                },
            )
            .concurrency(move |_| workers)
    }
}

/// What a destination has: the states, and the versions of the records.
#[derive(Default)]
struct Destination {
    states: BTreeMap<String, Value>,
    records: BTreeMap<String, BTreeSet<u64>>,
}

impl Destination {
    /// Runs a sync of these streams, of whose messages only this share arrives.
    fn sync(&mut self, source: &Source<Config>, names: &[&str], share: f64) {
        let memory = Memory::default();
        let run = RunContext::to(Lines::new(Box::new(memory.clone())));
        let catalog = source.catalog().unwrap();
        let streams = names.iter().map(|name| {
            let stream = catalog.iter().find(|stream| stream.name == *name).unwrap();
            json!({"stream": stream, "sync_mode": "incremental", "destination_sync_mode": "append"})
        });
        let catalog = serde_json::from_value(json!({"streams": streams.collect::<Vec<_>>()})).unwrap();
        let given = self.states.iter().map(|(name, state)| {
            json!({"type": "STREAM", "stream": {"stream_descriptor": {"name": name}, "stream_state": state}})
        });
        let given = json!(given.collect::<Vec<_>>()).to_string();
        let states = States::read(given.as_bytes(), "the state", []).unwrap();
        commands::read(source, &Config {}, catalog, states, &run).unwrap();
        run.output.flush().unwrap();
        let messages = memory.take_messages();
        let arrived = (messages.len() as f64 * share).ceil() as usize;
        for message in &messages[..arrived] {
            let name = match message["type"].as_str() {
                Some("RECORD") => &message["record"]["stream"],
                Some("STATE") => &message["state"]["stream"]["stream_descriptor"]["name"],
                Some("TRACE") => &message["trace"]["stream_status"]["stream_descriptor"]["name"],
                _ => continue,
            };
            let name = name.as_str().unwrap_or_default().to_owned();
            assert!(name.is_empty() || names.contains(&name.as_str()), "{message}");
            let data = &message["record"]["data"];
            if let Some(version) = data["updated"].as_u64().or(data["at"].as_u64()) {
                self.records.entry(name).or_default().insert(version);
            } else if message["type"] == "STATE" {
                self.states.insert(name, message["state"]["stream"]["stream_state"].clone());
            }
        }
    }

    fn has(&self, stream: &str) -> BTreeSet<u64> {
        self.records.get(stream).cloned().unwrap_or_default()
    }
}

const ALL: [&str; 3] = ["campaigns", "groups", "ads"];

/// A sync of a generated history.
#[derive(Clone, Debug)]
struct Step {
    edits: Vec<usize>,
    edit_at: Option<(usize, usize)>,
    selects: [bool; 2],
    fails: Option<String>,
    share: f64,
    workers: u32,
}

fn step() -> impl Strategy<Value = Step> {
    let group = || 0..CAMPAIGNS * GROUPS;
    let fails = prop_oneof![
        Just("campaigns".to_owned()),
        (0..CAMPAIGNS).prop_map(|id| format!("groups of {id}")),
        group().prop_map(|id| format!("ads of {id}")),
    ];
    (
        prop::collection::vec(group(), 0..4),
        prop::option::of((0_usize..12, group())),
        any::<[bool; 2]>(),
        prop::option::of(fails),
        prop_oneof![2 => Just(1.0), 1 => 0.0..1.0],
        prop_oneof![Just(1_u32), Just(3)],
    )
        .prop_map(|(edits, edit_at, selects, fails, share, workers)| Step {
            edits,
            edit_at,
            selects,
            fails,
            share,
            workers,
        })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    #[test]
    fn no_child_is_missed_whatever_fails_or_changes(steps in prop::collection::vec(step(), 1..7)) {
        let api = Api::default();
        let mut destination = Destination::default();
        for step in steps {
            {
                let mut data = api.data();
                step.edits.iter().for_each(|group| data.edit(*group));
                data.calls.clear();
                (data.fails, data.edit_at) = (step.fails, step.edit_at);
            }
            let selected = ALL.iter().zip(step.selects.into_iter().chain([true]));
            let names: Vec<&str> = selected.filter(|(_, is)| *is).map(|(name, _)| *name).collect();
            destination.sync(&api.source(step.workers), &names, step.share);
        }
        {
            let mut data = api.data();
            (data.fails, data.edit_at) = (None, None);
        }
        destination.sync(&api.source(1), &ALL, 1.0);
        let data = api.data();
        let ads: BTreeSet<u64> = data.ads.values().flatten().copied().collect();
        prop_assert_eq!(destination.has("ads"), ads);
        let updated: BTreeSet<u64> = (0..CAMPAIGNS * GROUPS).filter_map(|group| data.updated(group)).collect();
        prop_assert!(updated.is_subset(&destination.has("groups")));
        let of_campaign = |id| groups(id).filter_map(|group| data.updated(group)).max();
        let updated: BTreeSet<u64> = (0..CAMPAIGNS).filter_map(of_campaign).collect();
        prop_assert!(updated.is_subset(&destination.has("campaigns")));
    }
}

#[test]
fn only_parents_that_changed_are_visited_and_each_is_fetched_once() {
    for names in [&ALL[..], &ALL[1..], &ALL[2..]] {
        let api = Api::default();
        (0..CAMPAIGNS * GROUPS).for_each(|group| api.data().edit(group));
        let mut destination = Destination::default();
        destination.sync(&api.source(1), names, 1.0);
        assert_eq!(api.data().calls.len(), 1 + CAMPAIGNS + CAMPAIGNS * GROUPS);
        // The newest campaign and the newest group of each are visited again, since `since` is inclusive.
        api.data().calls.clear();
        api.data().edit(0);
        destination.sync(&api.source(1), names, 1.0);
        let calls = std::mem::take(&mut api.data().calls);
        let expected = ["campaigns", "groups of 0", "ads of 0", "ads of 1", "groups of 3", "ads of 7"];
        assert_eq!(
            BTreeSet::from_iter(&calls),
            BTreeSet::from_iter(&expected.map(str::to_owned)),
            "{names:?}"
        );
        assert_eq!(calls.len(), expected.len(), "{names:?}: {calls:?}");
        let state = destination.states["ads"].clone();
        assert_eq!(state["parent"]["groups"]["parent"]["campaigns"], json!({"updated": 9}), "{state}");
    }
}

#[test]
fn parent_state_moves_only_if_all_children_were_read() {
    let api = Api::default();
    (0..CAMPAIGNS * GROUPS).for_each(|group| api.data().edit(group));
    let mut destination = Destination::default();
    destination.sync(&api.source(1), &["groups"], 1.0);
    let before = destination.states["groups"]["parent"].clone();
    assert_eq!(before, json!({"campaigns": {"updated": 8}}));
    api.data().edit(0);
    api.data().fails = Some("groups of 0".to_owned());
    destination.sync(&api.source(1), &["groups"], 1.0);
    assert_eq!(destination.states["groups"]["parent"], before);
    api.data().fails = None;
    destination.sync(&api.source(1), &["groups"], 1.0);
    assert_eq!(destination.states["groups"]["parent"], json!({"campaigns": {"updated": 9}}));
    // The positions of the others are kept.
    assert_eq!(destination.states["groups"]["partitions"].as_object().unwrap().len(), CAMPAIGNS);
}

/// Children that start from different states are fed by one read, from the earlier one.
#[test]
fn earlier_state_of_several_children_is_used() {
    let api = Api::default();
    let source = api.source(1);
    let state = |updated: u64| json!({"updated": updated}).as_object().unwrap().clone();
    let earliest = |states: &[u64]| source.streams[0].earliest(states.iter().copied().map(state).collect());
    assert_eq!(earliest(&[5, 3, 4]), Some(state(3)));
    let invalid = json!({"other": 1}).as_object().unwrap().clone();
    assert_eq!(source.streams[0].earliest(vec![state(5), invalid]), None);
    // The partitions of a state have no common order.
    assert_eq!(source.streams[1].earliest(vec![state(5), state(4)]), None);
    assert_eq!(source.streams[1].earliest(vec![state(5), state(5)]), Some(state(5)));
}

#[test]
fn parent_state_of_the_python_cdk_is_continued() {
    let api = Api::default();
    (0..CAMPAIGNS * GROUPS).for_each(|group| api.data().edit(group));
    let mut destination = Destination::default();
    let state = json!({"partitions": {}, "parent_state": {"campaigns": {"updated": 8}}});
    destination.states.insert("groups".to_owned(), state);
    destination.sync(&api.source(1), &["groups"], 1.0);
    assert_eq!(api.data().calls, ["campaigns", "groups of 3"]);
    assert_eq!(destination.states["groups"]["parent"], json!({"campaigns": {"updated": 8}}));
}

/// Nothing is read, and the state is kept. The last one names no parent: an empty state of the parent stream is no position.
#[test]
fn state_that_is_not_understood_is_an_error() {
    let api = Api::default();
    (0..CAMPAIGNS * GROUPS).for_each(|group| api.data().edit(group));
    for state in [
        json!({"partitions": {}, "parent": {"campaigns": 8}}),
        json!({"partitions": {}, "parent": 8}),
        json!({"other": 1, "parent": {"campaigns": {}}}),
    ] {
        let mut destination = Destination::default();
        destination.states.insert("groups".to_owned(), state.clone());
        destination.sync(&api.source(1), &["groups"], 1.0);
        assert_eq!(destination.states["groups"], state);
        assert!(!api.data().calls.iter().any(|call| call.starts_with("groups")), "{state}");
    }
}

#[test]
fn parent_of_changed_children_must_be_incremental() {
    let source = Source::<Config>::new("source", "0")
        .full_refresh(|_, _: &mut Emitter<Campaign>| Ok(()))
        .incremental_children_of_changed(|_, _: &Campaign, _, _: &mut Emitter<Group>| Ok(()));
    let error = source.catalog().err().unwrap();
    assert_eq!(
        error.message(),
        "the stream `groups` is one of the children of changed records, but its parent is not incremental"
    );
}
