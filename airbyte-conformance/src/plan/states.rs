//! Reads with states: those of the connector, unusual ones, and reads resumed from intermediate states.

use super::Plan;
use crate::checkpoints::{
    as_global, checkpoints, evenly_spaced, firsts, state_after, state_streams, worth_resuming,
};
use crate::inputs::{add_unknown_fields, add_unknown_fields_to_catalog, configured};
use crate::moved::{move_ahead, move_back};
use crate::run_names::*;
use crate::runner::Setting;
use crate::runs::{Resumed, Stream, configured_streams};
use serde_json::{Value, json};

/// From how many states of a read to resume.
const MOST_RESUMED: usize = 24;

/// From how many states of a resumed read to resume.
const MOST_RESUMED_AGAIN: usize = 8;

/// From which states of a read to resume.
#[derive(Clone, Copy)]
pub(crate) enum Which {
    /// See [`worth_resuming`].
    WorthResuming,
    /// This many, evenly spaced.
    UpTo(usize),
}

impl Plan<'_> {
    /// Makes the reads with states.
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
        add_unknown_fields(&mut more);
        let mut more_catalog = catalog.clone();
        add_unknown_fields_to_catalog(&mut more_catalog);
        self.read(EXTRA_FIELDS, &more_catalog, Some(&more.to_string()), Setting::good());

        self.back(streams, &last);
        self.resume(INCREMENTAL, RESUMED, &catalog, Which::WorthResuming);
        self.resume_again(&catalog);
        let mut refreshed = streams.to_vec();
        refreshed.retain(|stream| stream.supports("full_refresh") && stream.is_resumable());
        self.resume(
            FULL_REFRESH,
            REFRESH_RESUMED,
            &configured(&refreshed, "full_refresh"),
            Which::WorthResuming,
        );
    }

    /// Returns the index of the first run of this name.
    fn place_of(&self, name: &str) -> Option<usize> {
        self.runner.captured_runs.iter().position(|captured| captured.name == name)
    }

    /// Resumes from the states of an earlier read for streams in this catalog. Returns the number of states.
    pub(crate) fn resume(
        &mut self,
        from: &'static str,
        name: &'static str,
        catalog: &Value,
        which: Which,
    ) -> usize {
        let Some(whole) = self.place_of(from) else { return 0 };
        let streams = configured_streams(catalog);
        let captured = &self.runner.captured_runs[whole];
        let places = match which {
            Which::WorthResuming => evenly_spaced(worth_resuming(captured, &streams), MOST_RESUMED),
            Which::UpTo(most) => {
                let mut all = checkpoints(captured);
                all.retain(|it| state_streams(it.state).iter().any(|key| streams.contains(key)));
                evenly_spaced(all.iter().map(|it| it.index).collect(), most)
            }
        };
        for place in &places {
            self.resume_from(from, name, catalog, vec![(whole, place + 1)]);
        }
        places.len()
    }

    /// Resumes after this many messages of each of these runs.
    fn resume_from(
        &mut self,
        from: &'static str,
        name: &'static str,
        catalog: &Value,
        before: Vec<(usize, usize)>,
    ) -> Option<usize> {
        let parts: Vec<_> =
            before.iter().map(|(run, count)| (&self.runner.captured_runs[*run], *count)).collect();
        let mut state = state_after(&parts);
        // The platform does not guarantee an order.
        if let Some(states) = state.as_array_mut() {
            states.reverse();
        }
        let state = state.to_string();
        let captured = self.read(name, catalog, Some(&state), Setting::good())?;
        self.resumed.push(Resumed { from, before, captured });
        Some(captured)
    }

    /// Resumes from states of the first resumed read: the first of each stream, and the last.
    fn resume_again(&mut self, catalog: &Value) {
        let Some(Resumed { before, captured, .. }) =
            self.resumed.iter().find(|resumed| resumed.from == INCREMENTAL)
        else {
            return;
        };
        let (before, captured) = (before.clone(), *captured);
        let mut places = evenly_spaced(
            firsts(&self.runner.captured_runs[captured], &configured_streams(catalog)),
            MOST_RESUMED_AGAIN,
        );
        places.extend(checkpoints(&self.runner.captured_runs[captured]).last().map(|it| it.index));
        places.dedup();
        for place in places {
            let before = [before.clone(), vec![(captured, place + 1)]].concat();
            self.resume_from(INCREMENTAL, RESUMED, catalog, before);
        }
    }

    /// Resumes from the first state and from one in the middle, as a GLOBAL state.
    fn resume_globally(&mut self, catalog: &Value) {
        let Some(whole) = self.place_of(INCREMENTAL) else { return };
        let places: Vec<usize> =
            checkpoints(&self.runner.captured_runs[whole]).iter().map(|it| it.index).collect();
        let mut chosen = vec![places.first().copied(), places.get(places.len() / 2).copied()];
        chosen.dedup();
        for place in chosen.into_iter().flatten() {
            let before = vec![(whole, place + 1)];
            let Some(state) = as_global(&state_after(&[(&self.runner.captured_runs[whole], place + 1)]))
            else {
                continue;
            };
            let run = self.read(GLOBAL_RESUMED, catalog, Some(&state.to_string()), Setting::good());
            self.resumed.extend(run.map(|captured| Resumed { from: INCREMENTAL, before, captured }));
        }
    }

    /// Resumes from the states of a failed read, with the valid configuration.
    pub(super) fn read_after_failure(&mut self, failed: usize, catalog: &Value) {
        if checkpoints(&self.runner.captured_runs[failed]).is_empty() {
            return self.skip(AFTER_FAILURE, "the read with an API that cannot be reached sent no state");
        }
        self.resume_from(INCREMENTAL, AFTER_FAILURE, catalog, vec![(failed, usize::MAX)]);
    }

    /// Reads the streams whose last state can be moved far into the future.
    fn future(&mut self, streams: &[Stream], last: &Value) {
        let Some(whole) = self.place_of(INCREMENTAL) else { return };
        let (state, ahead) = move_ahead(last, streams, &self.runner.captured_runs[whole]);
        if ahead.is_empty() {
            return self.skip(
                FUTURE_STATE,
                "no incremental stream has a state with a date, time or integer as its cursor value",
            );
        }
        let is_ahead = |stream: &&Stream| ahead.iter().any(|moved| moved.key == stream.key);
        let streams: Vec<_> = streams.iter().filter(is_ahead).cloned().collect();
        let catalog = configured(&streams, "incremental");
        self.read(FUTURE_STATE, &catalog, Some(&state.to_string()), Setting::good());
        self.ahead = ahead;
    }

    /// Reads the streams whose last state can be moved back to their first record.
    fn back(&mut self, streams: &[Stream], last: &Value) {
        let Some(whole) = self.place_of(INCREMENTAL) else { return };
        let (state, back) = move_back(last, streams, &self.runner.captured_runs[whole]);
        if back.is_empty() {
            let why =
                "no incremental stream has records with two cursor values and a state that consists of one";
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
