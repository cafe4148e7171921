//! Reads with states: the connector's own, unusual ones, and reads resumed from the middle.

use super::Plan;
use crate::checkpoints::{as_global, checkpoints, firsts, state_after, state_streams, telling, thinned};
use crate::inputs::{configured, sprinkle, sprinkle_catalog};
use crate::moved::{put_ahead, put_back};
use crate::names::*;
use crate::runner::Setting;
use crate::runs::{Resumed, Stream, configured_streams};
use serde_json::{Value, json};

/// How many states of one read are resumed from.
const MOST_RESUMED: usize = 24;

/// How many states of a read that was resumed are resumed from.
const MOST_RESUMED_AGAIN: usize = 8;

/// Which states of a read are resumed from.
#[derive(Clone, Copy)]
pub(crate) enum Which {
    /// Of each stream the first, the one in the middle, the last, and the first of each kind.
    Telling,
    /// So many of all, evenly.
    UpTo(usize),
}

impl Plan<'_> {
    /// Reads with states of all sorts.
    pub(super) fn states(&mut self, streams: &[Stream]) {
        let catalog = configured(streams, "incremental");
        let last = self.last_state(INCREMENTAL);
        self.read(FINAL_STATE, &catalog, Some(&last.to_string()), Setting::good());
        match as_global(&last) {
            Some(global) => {
                self.read(GLOBAL_STATE, &catalog, Some(&global.to_string()), Setting::good());
                self.resume_globally(&catalog);
            }
            None => {
                let why = "the connector does not send states of the type STREAM";
                [GLOBAL_STATE, GLOBAL_RESUMED, GLOBAL_BACK].into_iter().for_each(|name| self.skip(name, why));
            }
        }
        let each = |change: &dyn Fn(&mut Value)| {
            let states = streams.iter().map(|stream| {
                let mut descriptor = json!({"name": stream.value["name"]});
                if let Some(namespace) = stream.value["namespace"].as_str() {
                    descriptor["namespace"] = namespace.into();
                }
                let mut state = json!({"stream_descriptor": descriptor});
                change(&mut state);
                json!({"type": "STREAM", "stream": state})
            });
            Value::Array(states.collect()).to_string()
        };
        let unknown = json!([{"type": "STREAM", "stream": {"stream_descriptor": {"name": NO_SUCH_STREAM}, "stream_state": {"at": 1}}}]);
        // A stream of the same name in another namespace is another stream.
        let mut elsewhere = last.clone();
        for state in elsewhere.as_array_mut().into_iter().flatten() {
            if let Some(descriptor) = state.pointer_mut("/stream/stream_descriptor") {
                descriptor["namespace"] = NO_SUCH_STREAM.into();
            }
            let entries = state.pointer_mut("/global/stream_states").and_then(Value::as_array_mut);
            for entry in entries.into_iter().flatten() {
                entry["stream_descriptor"]["namespace"] = NO_SUCH_STREAM.into();
            }
        }
        for state in [
            elsewhere.to_string(),
            "[]".to_owned(),
            "{}".to_owned(),
            unknown.to_string(),
            each(&|_| {}),
            each(&|state| state["stream_state"] = Value::Null),
            each(&|state| state["stream_state"] = json!({})),
            each(&|state| {
                state["stream_descriptor"]["namespace"] = state["stream_descriptor"]["namespace"].clone()
            }),
        ] {
            self.read(STATE_FORM, &catalog, Some(&state), Setting::good());
        }
        for sentinel in ["__ab_no_cursor_state_message", "__ab_full_refresh_sync_complete"] {
            let state = each(&|state| state["stream_state"] = json!({sentinel: true}));
            self.read(SENTINEL, &catalog, Some(&state), Setting::good());
        }
        self.future(streams, &last);
        let mut more = last.clone();
        sprinkle(&mut more);
        let mut more_catalog = catalog.clone();
        sprinkle_catalog(&mut more_catalog);
        self.read(EXTRA_FIELDS, &more_catalog, Some(&more.to_string()), Setting::good());

        self.back(streams, &last);
        self.resume(INCREMENTAL, RESUMED, &catalog, Which::Telling);
        self.resume_again(&catalog);
        let mut refreshed = streams.to_vec();
        refreshed.retain(|stream| stream.supports("full_refresh") && stream.is_resumable());
        self.resume(FULL_REFRESH, REFRESH_RESUMED, &configured(&refreshed, "full_refresh"), Which::Telling);
    }

    /// The first run of this name.
    fn place_of(&self, name: &str) -> Option<usize> {
        self.runner.shots.iter().position(|shot| shot.name == name)
    }

    /// Reads again from the states of an earlier read that speak of a stream in this catalog. Returns from how many.
    pub(crate) fn resume(
        &mut self,
        from: &'static str,
        name: &'static str,
        catalog: &Value,
        which: Which,
    ) -> usize {
        let Some(whole) = self.place_of(from) else { return 0 };
        let streams = configured_streams(catalog);
        let shot = &self.runner.shots[whole];
        let places = match which {
            Which::Telling => thinned(telling(shot, &streams), MOST_RESUMED),
            Which::UpTo(most) => {
                let mut all = checkpoints(shot);
                all.retain(|it| state_streams(it.state).iter().any(|key| streams.contains(key)));
                thinned(all.iter().map(|it| it.index).collect(), most)
            }
        };
        for place in &places {
            self.resume_from(from, name, catalog, vec![(whole, place + 1)]);
        }
        places.len()
    }

    /// Reads on after so many messages of each of these runs.
    fn resume_from(
        &mut self,
        from: &'static str,
        name: &'static str,
        catalog: &Value,
        before: Vec<(usize, usize)>,
    ) -> Option<usize> {
        let parts: Vec<_> = before.iter().map(|(run, count)| (&self.runner.shots[*run], *count)).collect();
        let mut state = state_after(&parts);
        // A platform promises no order.
        if let Some(states) = state.as_array_mut() {
            states.reverse();
        }
        let state = state.to_string();
        let shot = self.read(name, catalog, Some(&state), Setting::good())?;
        self.resumed.push(Resumed { from, before, shot });
        Some(shot)
    }

    /// A read that was resumed sends states as well: reads on from what the first of them says first of each stream, and
    /// from its last state.
    fn resume_again(&mut self, catalog: &Value) {
        let Some(Resumed { before, shot, .. }) =
            self.resumed.iter().find(|resumed| resumed.from == INCREMENTAL)
        else {
            return;
        };
        let (before, shot) = (before.clone(), *shot);
        let mut places =
            thinned(firsts(&self.runner.shots[shot], &configured_streams(catalog)), MOST_RESUMED_AGAIN);
        places.extend(checkpoints(&self.runner.shots[shot]).last().map(|it| it.index));
        places.dedup();
        for place in places {
            let before = [before.clone(), vec![(shot, place + 1)]].concat();
            self.resume_from(INCREMENTAL, RESUMED, catalog, before);
        }
    }

    /// Reads on from the first state, and from one in the middle, as one GLOBAL.
    fn resume_globally(&mut self, catalog: &Value) {
        let Some(whole) = self.place_of(INCREMENTAL) else { return };
        let places: Vec<usize> = checkpoints(&self.runner.shots[whole]).iter().map(|it| it.index).collect();
        let mut chosen = vec![places.first().copied(), places.get(places.len() / 2).copied()];
        chosen.dedup();
        for place in chosen.into_iter().flatten() {
            let before = vec![(whole, place + 1)];
            let Some(state) = as_global(&state_after(&[(&self.runner.shots[whole], place + 1)])) else {
                continue;
            };
            let run = self.read(GLOBAL_RESUMED, catalog, Some(&state.to_string()), Setting::good());
            self.resumed.extend(run.map(|shot| Resumed { from: INCREMENTAL, before, shot }));
        }
    }

    /// A read that failed may have sent states: reads on from them, now that nothing is in the way.
    pub(super) fn read_after_failure(&mut self, failed: usize, catalog: &Value) {
        if checkpoints(&self.runner.shots[failed]).is_empty() {
            return self.skip(AFTER_FAILURE, "the read with an API that cannot be reached sent no state");
        }
        self.resume_from(INCREMENTAL, AFTER_FAILURE, catalog, vec![(failed, usize::MAX)]);
    }

    /// Reads the streams alone whose last state can be put far ahead.
    fn future(&mut self, streams: &[Stream], last: &Value) {
        let Some(whole) = self.place_of(INCREMENTAL) else { return };
        let (state, ahead) = put_ahead(last, streams, &self.runner.shots[whole]);
        if ahead.is_empty() {
            return self.skip(
                FUTURE_STATE,
                "no incremental stream has a state with a date, time or integer as its cursor",
            );
        }
        let is_ahead = |stream: &&Stream| ahead.iter().any(|moved| moved.key == stream.key);
        let streams: Vec<_> = streams.iter().filter(is_ahead).cloned().collect();
        let catalog = configured(&streams, "incremental");
        self.read(FUTURE_STATE, &catalog, Some(&state.to_string()), Setting::good());
        self.ahead = ahead;
    }

    /// Reads the streams alone whose last state can be put back to their first records.
    fn back(&mut self, streams: &[Stream], last: &Value) {
        let Some(whole) = self.place_of(INCREMENTAL) else { return };
        let (state, back) = put_back(last, streams, &self.runner.shots[whole]);
        if back.is_empty() {
            let why =
                "no incremental stream has records at two positions and a state with nothing but one of them";
            return [BACK_STATE, GLOBAL_BACK].into_iter().for_each(|name| self.skip(name, why));
        }
        let is_back = |stream: &&Stream| back.iter().any(|moved| moved.key == stream.key);
        let streams: Vec<_> = streams.iter().filter(is_back).cloned().collect();
        let catalog = configured(&streams, "incremental");
        self.read(BACK_STATE, &catalog, Some(&state.to_string()), Setting::good());
        if let Some(global) = as_global(&state) {
            self.read(GLOBAL_BACK, &catalog, Some(&global.to_string()), Setting::good());
        }
        self.back = back;
    }
}
