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
use super::source_streams::SourceStreams;
use crate::error::Result;
use crate::feed::{Feed, Queue, Slots, ToParent};
use crate::input::States;
use crate::json_text::JsonText;
use crate::source::parent_state;
use serde_json::{Map, Value};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};

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

/// Returns the state of the parent stream if a read of its children from the given state needs only the records that changed
/// since then.
fn changed_since(
    source: &dyn SourceStreams,
    children: usize,
    given: &State,
    parent: usize,
) -> Option<Map<String, Value>> {
    if !source.follows_changes(children) {
        return None;
    }
    match parent_state(given, &source.descriptor(parent).name)? {
        Value::Object(state) if !state.is_empty() => Some(state),
        _ => None,
    }
}

/// Puts the parent of each stream before it, adds those that are read for their children only, and connects them.
pub(super) fn with_parents(
    source: &dyn SourceStreams,
    planned: Vec<Planned>,
    states: &States,
    slots: &Slots,
) -> Result<Vec<Planned>> {
    let selected: Vec<(usize, Option<&State>)> =
        planned.iter().filter_map(|planned| Some((planned.index()?, planned.given(states)))).collect();
    let steps = Steps::of(source, &selected)?;
    let mut own: HashMap<usize, Planned> =
        planned.into_iter().filter_map(|planned| Some((planned.index()?, planned))).collect();
    let mut feeds: Vec<Option<(Vec<Queue>, ToParent)>> = steps.iter().map(|_| None).collect();
    let mut plan: Vec<Planned> = Vec::with_capacity(steps.len());
    for (rank, step) in (0..).zip(&steps) {
        let selected = if step.for_children.is_none() { own.remove(&step.stream) } else { None };
        let mut planned = selected.unwrap_or_else(|| unselected(source, step));
        planned.rank = rank;
        if let (Some(parent), Some(to_parent)) = (step.parent, source.to_parent(step.stream)) {
            let queue = Queue::new(slots, None);
            planned.parents = Some(queue.clone());
            feeds[parent].get_or_insert_with(|| (Vec::new(), to_parent)).0.push(queue);
        }
        plan.push(planned);
    }
    for ((planned, step), feed) in plan.iter_mut().zip(&steps).zip(feeds) {
        planned.feed = feed.map(|(queues, to_parent)| Feed::new(queues, to_parent, step.only_changed));
    }
    Ok(plan)
}

/// Returns a stream that is only read for its children.
fn unselected(source: &dyn SourceStreams, step: &Step) -> Planned {
    let (given, is_tracked) =
        step.for_children.as_ref().map_or((None, false), |read| (read.given.clone(), read.is_tracked));
    Planned {
        descriptor: source.descriptor(step.stream),
        columns: None,
        incremental: false,
        stream: Ok(step.stream),
        resumes: false,
        rank: 0,
        purpose: Purpose::Children { given, is_tracked },
        feed: None,
        parents: None,
    }
}

/// A read of the plan.
struct Step {
    stream: usize,
    /// The read for the children only; `None` for that of a selected stream, which may feed them, too.
    for_children: Option<FeedingRead>,
    /// Whether it has only records that changed since a state.
    only_changed: bool,
    /// The place of the read that feeds it.
    parent: Option<usize>,
}

/// Collects the reads of the plan.
struct Steps<'s> {
    source: &'s dyn SourceStreams,
    /// The states of the selected streams.
    given: HashMap<usize, Option<&'s State>>,
    steps: Vec<Step>,
    /// The places of the reads of selected streams, and of those that feed children.
    own: HashMap<usize, usize>,
    feeding: HashMap<Feeding, usize>,
}

impl<'s> Steps<'s> {
    /// Returns the reads of the selected streams, whose states are given, and of their parents.
    fn of(source: &'s dyn SourceStreams, selected: &[(usize, Option<&'s State>)]) -> Result<Vec<Step>> {
        let mut reads = feeding_reads(source, selected)?;
        let given = selected.iter().copied().collect();
        let mut steps =
            Self { source, given, steps: Vec::new(), own: HashMap::new(), feeding: HashMap::new() };
        for (stream, _) in selected {
            for parent in source.ancestors(*stream)?.into_iter().rev() {
                for feeding in [(parent, false), (parent, true)] {
                    if let Some(read) = reads.remove(&feeding) {
                        let place = if read.is_own {
                            steps.add_own(parent)?
                        } else {
                            steps.add(parent, Some(read))?
                        };
                        steps.feeding.insert(feeding, place);
                    }
                }
            }
            steps.add_own(*stream)?;
        }
        Ok(steps.steps)
    }

    /// Adds the read of a selected stream, unless it was added before. Returns its place.
    fn add_own(&mut self, stream: usize) -> Result<usize> {
        if let Some(place) = self.own.get(&stream) {
            return Ok(*place);
        }
        let place = self.add(stream, None)?;
        self.own.insert(stream, place);
        Ok(place)
    }

    fn add(&mut self, stream: usize, for_children: Option<FeedingRead>) -> Result<usize> {
        let given = match &for_children {
            Some(read) => read.given.as_ref(),
            None => self.given.get(&stream).copied().flatten(),
        };
        let parent = self.source.ancestors(stream)?.first().copied().and_then(|parent| {
            let changed = given.and_then(|given| changed_since(self.source, stream, given, parent));
            self.feeding.get(&(parent, changed.is_some())).copied()
        });
        let only_changed = given.is_some();
        self.steps.push(Step { stream, for_children, only_changed, parent });
        Ok(self.steps.len() - 1)
    }
}

/// Returns the reads that feed the children of each parent stream: one for those that need all parents, and one for those that
/// need the changed ones.
fn feeding_reads(
    source: &dyn SourceStreams,
    selected: &[(usize, Option<&State>)],
) -> Result<HashMap<Feeding, FeedingRead>> {
    // The states of the reads of a stream: its own, and those for its children.
    let mut reads: HashMap<usize, Vec<Option<State>>> = HashMap::new();
    // The children of each parent stream, the deepest ones first, so that all reads of a stream of children are known before
    // its parent.
    let mut children_of: BTreeMap<(Reverse<usize>, usize), BTreeSet<usize>> = BTreeMap::new();
    for (index, _) in selected {
        let ancestors = source.ancestors(*index)?;
        let children = std::iter::once(*index).chain(ancestors.iter().copied());
        for ((level, &parent), child) in (0..ancestors.len()).rev().zip(&ancestors).zip(children) {
            children_of.entry((Reverse(level), parent)).or_default().insert(child);
        }
    }
    for (index, given) in selected {
        // Cloned only if needed, since a state may be large.
        let is_needed =
            source.follows_changes(*index) || children_of.keys().any(|(_, parent)| parent == index);
        reads.entry(*index).or_default().push(given.filter(|_| is_needed).cloned());
    }
    let mut feeding = HashMap::new();
    for ((_, parent), children) in children_of {
        let own = reads.get(&parent).and_then(|reads| reads.first()).cloned();
        let mut needed: [Option<FeedingRead>; 2] = [None, None];
        let mut since = Vec::new();
        for child in children {
            for state in reads.get(&child).into_iter().flatten() {
                let changed_since =
                    state.as_ref().and_then(|state| changed_since(source, child, state, parent));
                let read = needed[usize::from(changed_since.is_some())].get_or_insert(FeedingRead {
                    given: None,
                    is_own: false,
                    is_tracked: false,
                });
                read.is_tracked |= source.follows_changes(child);
                since.extend(changed_since);
            }
        }
        let since = source.earliest(parent, since).map(|state| JsonText::of(&state.into()));
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

/// Compares two states, whose keys may have another order.
fn are_equal(one: Option<&State>, other: Option<&State>) -> bool {
    one == other || one.zip(other).is_some_and(|(one, other)| one.to_map() == other.to_map())
}
