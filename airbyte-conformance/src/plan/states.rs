//! Reads with states: the connector's own, unusual ones, and reads resumed from the middle.

use super::{A_FEW, Plan};
use crate::future::put_ahead;
use crate::inputs::{configured, sprinkle, sprinkle_catalog};
use crate::names::*;
use crate::runner::Setting;
use crate::runs::{Checkpoint, Resumed, Stream, checkpoints, configured_streams, state_after, state_streams};
use serde_json::{Value, json};

impl Plan<'_> {
    /// Reads with states of all sorts.
    pub(super) fn states(&mut self, streams: &[Stream]) {
        let catalog = configured(streams, "incremental");
        let last = self.last_state(INCREMENTAL);
        self.read(FINAL_STATE, &catalog, Some(&last.to_string()), Setting::good());
        let per_stream: Vec<_> =
            last.as_array().into_iter().flatten().map(|state| state["stream"].clone()).collect();
        if per_stream.iter().all(Value::is_object) {
            let global = json!([{"type": "GLOBAL", "global": {"stream_states": per_stream}}]);
            self.read(GLOBAL_STATE, &catalog, Some(&global.to_string()), Setting::good());
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
        for state in [
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

        self.resume(INCREMENTAL, RESUMED, &catalog, A_FEW);
        let mut refreshed = streams.to_vec();
        refreshed.retain(|stream| stream.supports("full_refresh") && stream.is_resumable());
        self.resume(FULL_REFRESH, REFRESH_RESUMED, &configured(&refreshed, "full_refresh"), A_FEW);
    }

    /// Reads again from the states of an earlier read, of those that speak of a stream in this catalog, or from so many of
    /// them. Returns from how many.
    pub(crate) fn resume(
        &mut self,
        from: &'static str,
        name: &'static str,
        catalog: &Value,
        most: usize,
    ) -> usize {
        let Some(whole) = self.runner.shots.iter().find(|shot| shot.name == from) else { return 0 };
        let streams = configured_streams(catalog);
        let speaks =
            |checkpoint: &Checkpoint| state_streams(checkpoint.state).iter().any(|key| streams.contains(key));
        let all: Vec<usize> =
            checkpoints(whole).into_iter().filter(speaks).map(|checkpoint| checkpoint.index).collect();
        let count = all.len().min(most);
        let chosen = (0..count).map(|i| all[if count > 1 { i * (all.len() - 1) / (count - 1) } else { 0 }]);
        let starts: Vec<_> = chosen.map(|place| (place, state_after(whole, place + 1).to_string())).collect();
        for (place, state) in starts {
            self.resumed.push(Resumed { from, place, shot: self.runner.shots.len() });
            self.read(name, catalog, Some(&state), Setting::good());
        }
        count
    }

    /// Reads the streams alone whose last state can be put far ahead.
    fn future(&mut self, streams: &[Stream], last: &Value) {
        let Some(whole) = self.runner.shots.iter().find(|shot| shot.name == INCREMENTAL) else { return };
        let (state, ahead) = put_ahead(last, streams, whole);
        if ahead.is_empty() {
            return;
        }
        let is_ahead = |stream: &&Stream| ahead.iter().any(|(key, _)| *key == stream.key);
        let streams: Vec<_> = streams.iter().filter(is_ahead).cloned().collect();
        self.read(
            FUTURE_STATE,
            &configured(&streams, "incremental"),
            Some(&state.to_string()),
            Setting::good(),
        );
        self.ahead = ahead;
    }
}
