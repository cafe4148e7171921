//! Parents or children that may be missing.

use super::{Campaign, Config, Destination, Group};
use crate::error::Error;
use crate::{Emitter, Source};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, Barrier};

/// Parents that are missing would not be returned by a read from the later state.
#[test]
fn parent_state_does_not_move_if_parents_may_be_missing() {
    let source = |holds: bool| {
        Source::<Config>::new("source", "0")
            .incremental(move |_, _, out: &mut Emitter<Campaign>| {
                out.emit(Campaign { id: 1, updated: 1 })?;
                if holds {
                    out.hold();
                }
                out.emit(Campaign { id: 2, updated: 5 })
            })
            .incremental_children_of_changed(|_, campaign: &Campaign, _, out: &mut Emitter<Group>| {
                out.emit(Group { id: campaign.id, updated: campaign.updated })
            })
    };
    for names in [&["groups"][..], &["campaigns", "groups"]] {
        let mut destination = Destination::default();
        destination.sync(&source(true), names, 1.0);
        assert_eq!(destination.states["groups"]["parent"], Value::Null);
        destination.sync(&source(false), names, 1.0);
        assert_eq!(destination.states["groups"]["parent"], json!({"campaigns": {"updated": 5}}));
    }
}

/// Children that may be missing would not be read again, because their parent is not returned from the later state.
#[test]
fn parent_state_does_not_move_if_children_may_be_missing() {
    let source = |holds: bool| {
        Source::<Config>::new("source", "0")
            .incremental(|_, since: Option<u64>, out: &mut Emitter<Campaign>| {
                (1..3)
                    .filter(|updated| *updated >= since.unwrap_or(0))
                    .try_for_each(|updated| out.emit(Campaign { id: updated as usize, updated }))
            })
            .incremental_children_of_changed(
                move |_, campaign: &Campaign, since, out: &mut Emitter<Group>| {
                    if holds && campaign.id == 1 {
                        out.hold();
                    }
                    let at = campaign.updated;
                    if since.unwrap_or(0) <= at {
                        out.emit(Group { id: campaign.id, updated: at })
                    } else {
                        Ok(())
                    }
                },
            )
            .concurrency(|_| 1)
    };
    let mut destination = Destination::default();
    destination.sync(&source(true), &["groups"], 1.0);
    let held = json!({"partitions": {"2": {"updated": 2}}});
    assert_eq!(destination.states["groups"], held);
    // Also if there is a state of the parent stream already.
    destination
        .states
        .insert("groups".to_owned(), json!({"partitions": {}, "parent": {"campaigns": {"updated": 1}}}));
    destination.sync(&source(true), &["groups"], 1.0);
    assert_eq!(destination.states["groups"]["parent"], json!({"campaigns": {"updated": 1}}));
    destination.sync(&source(false), &["groups"], 1.0);
    let complete = json!({"partitions": {"1": {"updated": 1}, "2": {"updated": 2}}, "parent": {"campaigns": {"updated": 2}}});
    assert_eq!(destination.states["groups"], complete);
}

/// A parent that changes while its children are read comes again. A read from the state after it would not return it.
#[test]
fn parent_that_changes_during_its_visit_is_visited_again() {
    let barriers = Arc::new([(); 2].map(|()| Barrier::new(2)));
    let newest = Arc::new(AtomicU64::new(1));
    let is_visited = Arc::new(AtomicBool::new(false));
    let (of_parents, newest_of_parents) = (Arc::clone(&barriers), Arc::clone(&newest));
    let source = Source::<Config>::new("source", "0")
        .incremental(move |_, _, out: &mut Emitter<Campaign>| {
            out.emit(Campaign { id: 1, updated: 1 })?;
            // Unchanged: not visited again.
            out.emit(Campaign { id: 1, updated: 1 })?;
            of_parents[0].wait();
            newest_of_parents.store(3, SeqCst);
            out.emit(Campaign { id: 1, updated: 3 })?;
            out.emit(Campaign { id: 2, updated: 4 })
        })
        .incremental_children_of_changed(move |_, campaign: &Campaign, _, out: &mut Emitter<Group>| {
            if campaign.id == 2 {
                // The other one has come again.
                barriers[1].wait();
                return Ok(());
            }
            assert!(!is_visited.swap(true, SeqCst), "two visits at the same time");
            let updated = newest.load(SeqCst);
            if updated == 1 {
                for barrier in &*barriers {
                    barrier.wait();
                }
            }
            out.emit(Group { id: 1, updated })?;
            is_visited.store(false, SeqCst);
            Ok(())
        })
        .concurrency(|_| 4);
    let mut destination = Destination::default();
    destination.sync(&source, &["groups"], 1.0);
    let state = json!({"partitions": {"1": {"updated": 3}}, "parent": {"campaigns": {"updated": 4}}});
    assert_eq!(destination.states["groups"], state);
    assert_eq!(destination.has("groups"), [1, 3].into());
}

/// Otherwise the read would wait for ever for the visit of the second one to end.
#[test]
fn parent_that_failed_before_an_earlier_one_and_comes_again_is_visited_again() {
    let (failed, visits) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let wait_for = |failed: &AtomicU64, count: u64| {
        while failed.load(SeqCst) < count {
            std::thread::yield_now();
        }
    };
    let (failures, counted) = (Arc::clone(&failed), Arc::clone(&visits));
    let source = Source::<Config>::new("source", "0")
        .incremental(move |_, _, out: &mut Emitter<Campaign>| {
            (0..6).try_for_each(|id| out.emit(Campaign { id, updated: 1 }))?;
            wait_for(&failed, 2);
            out.emit(Campaign { id: 5, updated: 2 })
        })
        .incremental_children_of_changed(move |_, campaign: &Campaign, _, out: &mut Emitter<Group>| {
            if campaign.id == 5 && counted.fetch_add(1, SeqCst) > 0 {
                return out.emit(Group { id: 5, updated: 2 });
            }
            if campaign.id == 3 || campaign.id == 5 {
                wait_for(&failures, u64::from(campaign.id == 3));
                failures.fetch_add(1, SeqCst);
                return Err(Error::transient("not now"));
            }
            Ok(())
        })
        .concurrency(|_| 7);
    let mut destination = Destination::default();
    destination.sync(&source, &["groups"], 1.0);
    assert_eq!(visits.load(SeqCst), 2);
    assert_eq!(destination.has("groups"), [2].into());
    assert_eq!(destination.states["groups"]["parent"], Value::Null);
}
