//! Which streams are read for their children, from which state, and in which order.
//!
//! Problem: several streams may have the same parent, on several levels, and each parent is fetched only once for all of
//! them. Some need all parents, others only those that changed since their last read, each since another state. A parent may
//! be selected itself, and then resumes from a state of its own.
//!
//! Idea: from the deepest level up, the reads of the children say what they need of their parent. One read serves all that
//! need all parents, and another one all that need those that changed. Each is the read of the selected stream if that starts
//! from the same state, or else a read for the children only.

use super::plan::{Planned, Purpose};
use crate::error::Result;
use crate::feed::{Feed, Queue, Slots, ToParent};
use crate::input::States;
use crate::json_text::JsonText;
use crate::source::{AnyStream, Source, parent_state};
use serde_json::{Map, Value};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

type State = JsonText;

/// A read that feeds the children of a stream: of this stream, and whether it has only records that changed since a state.
type Feeding = (usize, bool);

struct FeedingRead {
    /// The state that it resumes from; `None` for all records.
    given: Option<State>,
    /// Whether the selected stream starts from the same state, so that its own read is this one.
    is_own: bool,
    /// Whether the state of a stream of children contains its position.
    is_tracked: bool,
}

/// Puts the parent of each stream before it, adds those that are read for their children only, and connects them.
pub(super) fn with_parents<'s, C: Sync>(
    source: &'s Source<C>,
    planned: Vec<Planned<'s, C>>,
    states: &States,
    slots: &Slots,
) -> Result<Vec<Planned<'s, C>>> {
    let mut feeding = feeding_reads(source, &planned, states)?;
    let order: Vec<usize> = planned.iter().filter_map(|planned| planned.index).collect();
    let mut selected: HashMap<usize, Planned<'s, C>> =
        planned.into_iter().filter_map(|planned| Some((planned.index?, planned))).collect();
    let mut plan: Vec<(usize, Planned<'s, C>)> = Vec::with_capacity(order.len());
    // The place in the plan of each read that feeds children.
    let mut places: HashMap<Feeding, usize> = HashMap::new();
    for index in order {
        for stream in source.ancestors(index)?.into_iter().rev() {
            for read in [(stream, false), (stream, true)] {
                let Some(FeedingRead { given, is_own, is_tracked }) = feeding.remove(&read) else { continue };
                places.insert(read, plan.len());
                let own = if is_own { selected.remove(&stream) } else { None };
                plan.push((stream, own.unwrap_or_else(|| unselected(source, stream, given, is_tracked))));
            }
        }
        if let Some(planned) = selected.remove(&index) {
            for read in [(index, false), (index, true)] {
                if feeding.get(&read).is_some_and(|read| read.is_own) {
                    feeding.remove(&read);
                    places.insert(read, plan.len());
                }
            }
            plan.push((index, planned));
        }
    }
    let mut children: Vec<Option<(Vec<Queue>, ToParent, bool)>> = plan.iter().map(|_| None).collect();
    for (index, planned) in &mut plan {
        let stream = source.streams[*index].as_ref();
        let (Some((_, to_parent)), Some(parent)) =
            (stream.parent_type(), source.ancestors(*index)?.first().copied())
        else {
            continue;
        };
        let given = match &planned.purpose {
            Purpose::Selected => planned.given(states),
            Purpose::Children { given, .. } => given.as_ref(),
        };
        let only_changed = changed_since(stream, given, source.streams[parent].as_ref()).is_some();
        if let Some(&place) = places.get(&(parent, only_changed)) {
            let queue = Queue::new(slots, None);
            planned.parents = Some(queue.clone());
            children[place].get_or_insert_with(|| (Vec::new(), to_parent, only_changed)).0.push(queue);
        }
    }
    let connected = plan.into_iter().zip(children).zip(0..).map(|(((_, mut planned), children), rank)| {
        planned.feed =
            children.map(|(queues, to_parent, only_changed)| Feed::new(queues, to_parent, only_changed));
        planned.rank = rank;
        planned
    });
    Ok(connected.collect())
}

/// Returns the reads that feed the children of each parent stream: one for those that need all parents, and one for those that
/// need the changed ones.
fn feeding_reads<C: Sync>(
    source: &Source<C>,
    planned: &[Planned<'_, C>],
    states: &States,
) -> Result<HashMap<Feeding, FeedingRead>> {
    // The states of the reads of a stream: its own, and those for its children.
    let mut reads: HashMap<usize, Vec<Option<State>>> = HashMap::new();
    // The children of each parent stream, the deepest ones first, so that all reads of a stream of children are known before
    // its parent.
    let mut families: BTreeMap<(Reverse<usize>, usize), BTreeSet<usize>> = BTreeMap::new();
    for index in planned.iter().filter_map(|planned| planned.index) {
        let ancestors = source.ancestors(index)?;
        let children = std::iter::once(index).chain(ancestors.iter().copied());
        for ((level, &parent), child) in (0..ancestors.len()).rev().zip(&ancestors).zip(children) {
            families.entry((Reverse(level), parent)).or_default().insert(child);
        }
    }
    let parents: HashSet<usize> = families.keys().map(|(_, parent)| *parent).collect();
    for planned in planned {
        let Some(index) = planned.index else { continue };
        // Cloned only if needed, since a state may be large.
        let is_needed = parents.contains(&index) || source.streams[index].follows_changes();
        reads.entry(index).or_default().push(planned.given(states).filter(|_| is_needed).cloned());
    }
    let mut feeding = HashMap::new();
    for ((_, parent), children) in families {
        let stream = source.streams[parent].as_ref();
        let own = reads.get(&parent).and_then(|reads| reads.first()).cloned();
        let mut needed: [Option<FeedingRead>; 2] = [None, None];
        let mut since = Vec::new();
        for child in children {
            let of_child = source.streams[child].as_ref();
            for state in reads.get(&child).into_iter().flatten() {
                let changed_since = changed_since(of_child, state.as_ref(), stream);
                let read = needed[usize::from(changed_since.is_some())].get_or_insert(FeedingRead {
                    given: None,
                    is_own: false,
                    is_tracked: false,
                });
                read.is_tracked |= of_child.follows_changes();
                since.extend(changed_since);
            }
        }
        let since = stream.earliest(since).map(|state| JsonText::of(&state.into()));
        for (only_changed, read) in [false, true].into_iter().zip(needed) {
            let Some(mut read) = read else { continue };
            read.given = since.clone().filter(|_| only_changed);
            read.is_own = own.as_ref().is_some_and(|own| are_equal(own.as_ref(), read.given.as_ref()));
            if !read.is_own {
                reads.entry(parent).or_default().push(read.given.clone());
            }
            feeding.insert((parent, only_changed), read);
        }
    }
    Ok(feeding)
}

/// Returns the state of the parent stream if a read of its children needs only the records that changed since then.
fn changed_since<C>(
    children: &dyn AnyStream<C>,
    given: Option<&State>,
    parent: &dyn AnyStream<C>,
) -> Option<Map<String, Value>> {
    let given = given.filter(|_| children.follows_changes())?;
    match parent_state(given, &parent.describe().name)? {
        Value::Object(state) if !state.is_empty() => Some(state),
        _ => None,
    }
}

/// Compares two states, whose keys may have another order.
fn are_equal(one: Option<&State>, other: Option<&State>) -> bool {
    one == other || one.zip(other).is_some_and(|(one, other)| one.to_map() == other.to_map())
}

/// Returns a stream that is only read for its children.
fn unselected<C: Sync>(
    source: &Source<C>,
    index: usize,
    given: Option<State>,
    is_tracked: bool,
) -> Planned<'_, C> {
    let stream = source.streams[index].as_ref();
    Planned {
        descriptor: stream.describe().descriptor(),
        columns: None,
        incremental: false,
        stream: Ok((stream, false)),
        index: Some(index),
        rank: 0,
        purpose: Purpose::Children { given, is_tracked },
        feed: None,
        parents: None,
    }
}
