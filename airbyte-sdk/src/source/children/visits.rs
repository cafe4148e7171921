//! The parents of one read, and the order in which they are visited.

use super::super::partition::Results;
use super::super::round_robin::RoundRobin;
use crate::error::Result;
use crate::feed::{Next, Origin, Parent, Queue};
use crate::json_text::JsonText;
use crate::ledger::PartitionPositions as Positions;
use crate::text_map::TextMap;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

/// How many bytes of parents may be deferred, by the length of their JSON. Small in tests.
const MAX_DEFERRED: usize = if cfg!(test) { 64 << 10 } else { 8 << 20 };

pub(super) struct Visits {
    /// Why nothing can be read.
    pub(super) started: Result<()>,
    pub(super) robin: RoundRobin,
    /// The parents being read, and the first one that must be repeated, by their places.
    pub(super) taken: BTreeMap<usize, Parent>,
    /// The names of all parents, with their origins if their stream has partitions, or only changed ones are visited.
    pub(super) names: TextMap,
    /// The name that two different parents have.
    pub(super) ambiguous: Option<Arc<str>>,
    /// Whether only changed parents are visited.
    pub(super) follows_changes: bool,
    /// Parents that came again with another content while their children were being read. At most one for each of those.
    pub(super) changed_again: VecDeque<Parent>,
    /// The number of parents that were taken, and of those that an interrupted full refresh had finished.
    pub(super) count: usize,
    pub(super) finished_before: usize,
    /// The parent that the read starts with, until it has come.
    pub(super) deferred_until: Option<First>,
    /// So many parents came before one that is in the state that none is read.
    pub(super) gives_up: bool,
    /// Parents that came before it.
    pub(super) deferred: VecDeque<Parent>,
    pub(super) deferred_size: usize,
    /// The parent after the last one, if the read stopped before it.
    pub(super) following: Option<Arc<str>>,
    pub(super) results: Results,
    /// Whether children of a parent that was read to its end may be missing, so that it must be read again.
    pub(super) may_lack_children: bool,
    /// The positions of the state, until a parent has come that is in it.
    pub(super) resolved: Option<(Positions, Option<JsonText>)>,
    /// The first parent that came before one that is in the state, until that one comes.
    pub(super) unmatched: Option<Arc<str>>,
}

/// The parent that a read starts with.
pub(super) enum First {
    Named(String),
    /// Any that is in the state.
    Known,
}

impl Visits {
    /// Returns the next parent; one that comes a second time is skipped, unless its children must be read again. `is_known` is
    /// whether one is in the state.
    pub(super) fn next(&mut self, queue: &Queue, is_known: &dyn Fn(&str) -> bool) -> Next {
        loop {
            if let Some(parent) = self.next_changed_again() {
                return Next::Parent(parent);
            }
            let next = match queue.next() {
                Next::Parent(parent) => match self.not_seen(parent) {
                    Some(parent) => Next::Parent(parent),
                    None => continue,
                },
                // Until its children are no longer being read.
                Next::End if !self.changed_again.is_empty() => Next::Later,
                next => next,
            };
            let is_first = |first: &First, name: &str| match first {
                First::Named(first) => first == name,
                First::Known => is_known(name),
            };
            match (next, &self.deferred_until) {
                (Next::Parent(parent), Some(first)) if !is_first(first, &parent.name) => {
                    if matches!(first, First::Known) && self.unmatched.is_none() {
                        self.unmatched = Some(Arc::clone(&parent.name));
                    }
                    self.deferred_size += parent.size();
                    if self.deferred_size <= MAX_DEFERRED {
                        self.deferred.push_back(parent);
                    } else if matches!(first, First::Known) {
                        // The state is not taken for an empty one.
                        self.gives_up = true;
                        return Next::End;
                    } else {
                        self.deferred.push_back(parent);
                        self.deferred_until = None;
                    }
                }
                (Next::Parent(parent), _) => {
                    self.deferred_until = None;
                    return Next::Parent(parent);
                }
                (Next::Later, Some(_)) => return Next::Later,
                // None is in the state, so none is read.
                (Next::End, Some(First::Known)) => return Next::End,
                (Next::Later, None) if self.deferred_size <= MAX_DEFERRED => return Next::Later,
                (next @ (Next::Later | Next::End), _) => {
                    self.deferred_until = None;
                    return self.deferred.pop_front().map_or(next, Next::Parent);
                }
            }
        }
    }

    /// Records a parent, and returns it unless its name has come before: the API listed it twice, because pages shifted, or in two
    /// partitions. But two records that differ and are from different partitions have a key that is unique in its partition
    /// only, and the children of the second would be missed.
    ///
    /// If only changed parents are visited, one that has changed in between is kept to be visited again.
    fn not_seen(&mut self, parent: Parent) -> Option<Parent> {
        let Origin { partition, content } = parent.origin;
        let has_origin = partition > 0 || self.follows_changes;
        let origin = if has_origin { format!("{partition:08x}{content:08x}") } else { String::new() };
        let Some(known) = self.names.get(&parent.name) else {
            self.names.set(&parent.name, &origin);
            return Some(parent);
        };
        if origin.is_empty() || known.get(8..) == origin.get(8..) {
            return None;
        }
        if known.get(..8) != origin.get(..8) {
            self.ambiguous.get_or_insert_with(|| Arc::clone(&parent.name));
            return None;
        }
        // The children of one that is deferred have not been read yet.
        if self.follows_changes && !self.deferred.iter().any(|deferred| deferred.name == parent.name) {
            self.names.set(&parent.name, &origin);
            self.changed_again.retain(|other| other.name != parent.name);
            self.changed_again.push_back(parent);
        }
        None
    }

    /// Returns the next parent that must be visited again. Not while it is being visited: two reads of one partition would move
    /// its position back.
    fn next_changed_again(&mut self) -> Option<Parent> {
        let repeated = self.robin.repeated();
        let is_read = |parent: &Parent| {
            self.taken.iter().any(|(place, taken)| *place != repeated && taken.name == parent.name)
        };
        let place = self.changed_again.iter().position(|parent| !is_read(parent))?;
        self.changed_again.remove(place)
    }

    /// Records the end of a parent. The name of the first one that must be repeated is still needed.
    pub(super) fn ended(&mut self, place: usize, fetched: &Result<()>, got_something: bool) {
        let before = self.robin.repeated();
        self.robin.ended(place, fetched, got_something);
        let repeated = self.robin.repeated();
        for done in [before, place] {
            if done != repeated {
                self.taken.remove(&done);
            }
        }
    }

    /// Returns whether the next read may have to start with a parent that was not taken yet: none must be repeated so far.
    pub(super) fn needs_following(&self) -> bool {
        self.results.leave_others() && self.robin.repeated() == usize::MAX && self.following.is_none()
    }

    /// Returns the name of the parent that the next read starts with, if that is known.
    pub(super) fn lowest(&self) -> Option<Arc<str>> {
        let taken = self.taken.get(&self.robin.lowest()).map(|parent| Arc::clone(&parent.name));
        taken.or_else(|| self.following.clone().filter(|_| self.robin.lowest() == self.count))
    }

    pub(super) fn is_over(&self) -> bool {
        self.started.is_err() || self.results.are_final() || self.gives_up
    }
}
