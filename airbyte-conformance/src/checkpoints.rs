//! States of a run: their positions among the messages, what the platform would pass on, and which are worth resuming from.

use super::runs::{CapturedRun, Key};
use serde_json::{Value, json};

/// A state of a run, and its index among the messages.
pub(super) struct Checkpoint<'a> {
    pub(super) state: &'a Value,
    pub(super) index: usize,
}

/// Returns the states of a run.
pub(super) fn checkpoints(captured: &CapturedRun) -> Vec<Checkpoint<'_>> {
    let messages =
        captured.messages.iter().enumerate().filter(|(_, (_, message))| message["type"] == "STATE");
    messages.map(|(index, (_, message))| Checkpoint { state: &message["state"], index }).collect()
}

/// Returns the descriptor and the state of each stream in a state message.
pub(super) fn stream_states(state: &Value) -> Vec<&Value> {
    match state["type"].as_str() {
        Some("GLOBAL") => state["global"]["stream_states"].as_array().into_iter().flatten().collect(),
        Some("STREAM") => vec![&state["stream"]],
        _ => Vec::new(),
    }
}

/// Returns the streams in a state message.
pub(super) fn state_streams(state: &Value) -> Vec<Key> {
    stream_states(state).into_iter().map(|state| Key::of(&state["stream_descriptor"])).collect()
}

/// Returns the state of this stream in a state message.
pub(super) fn state_of<'s>(state: &'s Value, key: &Key) -> Option<&'s Value> {
    let mut states = stream_states(state).into_iter();
    states.find(|state| Key::of(&state["stream_descriptor"]) == *key).map(|state| &state["stream_state"])
}

/// Returns the last state of this stream in a run.
pub(super) fn last_state_of<'s>(captured: &'s CapturedRun, key: &Key) -> Option<&'s Value> {
    checkpoints(captured).into_iter().rev().find_map(|checkpoint| state_of(checkpoint.state, key))
}

/// Returns the states that the platform would pass on after this many messages of each of these successive runs.
pub(super) fn state_after(runs: &[(&CapturedRun, usize)]) -> Value {
    let mut kept: Vec<&Value> = Vec::new();
    let all = runs.iter().flat_map(|(captured, count)| {
        checkpoints(captured).into_iter().filter(|checkpoint| checkpoint.index < *count)
    });
    for Checkpoint { state, .. } in all {
        let streams = state_streams(state);
        kept.retain(|other| {
            other["type"] != "GLOBAL" && !state_streams(other).iter().any(|key| streams.contains(key))
        });
        if !streams.is_empty() || state["type"] == "GLOBAL" {
            kept.push(state);
        }
    }
    kept.into_iter().cloned().collect()
}

/// Combines states of the type STREAM into a GLOBAL one; `None` if they are of another type.
pub(super) fn as_global(states: &Value) -> Option<Value> {
    let states = states.as_array().filter(|states| !states.is_empty())?;
    let is_stream = |state: &Value| state["type"] == "STREAM" && state["stream"].is_object();
    states.iter().all(is_stream).then(|| {
        let streams: Vec<_> = states.iter().map(|state| state["stream"].clone()).collect();
        json!([{"type": "GLOBAL", "global": {"stream_states": streams}}])
    })
}

/// The maximum number of kinds of state to resume from for each stream.
const MOST_SHAPES: usize = 4;

/// Up to this many states of a read are all resumed from.
const FEW: usize = 16;

/// Returns the indexes of the states worth resuming from: all, if they are few; otherwise for each of these streams the first,
/// the middle and the last one, and the first of each kind. States with other fields are of another kind.
pub(super) fn worth_resuming(captured: &CapturedRun, streams: &[Key]) -> Vec<usize> {
    let mut all = checkpoints(captured);
    all.retain(|it| state_streams(it.state).iter().any(|key| streams.contains(key)));
    if all.len() <= FEW {
        return all.iter().map(|it| it.index).collect();
    }
    let mut places = Vec::new();
    for key in streams {
        // A GLOBAL state repeats the states of the other streams.
        let mut own: Vec<(usize, &Value)> =
            all.iter().filter_map(|it| Some((it.index, state_of(it.state, key)?))).collect();
        own.dedup_by(|(_, after), (_, before)| after == before);
        let picked = [own.first(), own.get(own.len() / 2), own.last()];
        places.extend(picked.into_iter().flatten().map(|(place, _)| *place));
        let mut shapes: Vec<String> = Vec::new();
        for (place, state) in own {
            let shape = shape(state);
            if shapes.len() < MOST_SHAPES && !shapes.contains(&shape) {
                shapes.push(shape);
                places.push(place);
            }
        }
    }
    places.sort_unstable();
    places.dedup();
    places
}

/// Returns the indexes of the first state of each stream.
pub(super) fn firsts(captured: &CapturedRun, streams: &[Key]) -> Vec<usize> {
    let all = checkpoints(captured);
    let first = |key| all.iter().find(|it| state_of(it.state, key).is_some()).map(|it| it.index);
    let mut places: Vec<usize> = streams.iter().filter_map(first).collect();
    places.sort_unstable();
    places.dedup();
    places
}

/// Returns the names of the fields, at all levels.
fn shape(state: &Value) -> String {
    match state {
        Value::Object(fields) => {
            let fields: Vec<_> =
                fields.iter().map(|(name, value)| format!("{name}:{}", shape(value))).collect();
            format!("{{{}}}", fields.join(","))
        }
        Value::Array(items) => format!("[{}]", items.first().map(shape).unwrap_or_default()),
        _ => String::new(),
    }
}

/// Returns this many of the indexes, evenly spaced, with the first and the last.
pub(super) fn evenly_spaced(places: Vec<usize>, most: usize) -> Vec<usize> {
    let count = places.len().min(most);
    let last = places.len().saturating_sub(1);
    (0..count).map(|i| places[if count > 1 { i * last / (count - 1) } else { 0 }]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(stream: &str, state: &Value) -> Value {
        json!({"type": "STREAM", "stream": {"stream_descriptor": {"name": stream}, "stream_state": state}})
    }

    fn captured(states: &[Value]) -> CapturedRun {
        let lines = states.iter().map(|state| json!({"type": "STATE", "state": state}).to_string() + "\n");
        CapturedRun::new(lines.collect::<String>().into_bytes(), Vec::new())
    }

    #[test]
    fn first_middle_and_last_state_and_each_kind_are_worth_resuming() {
        let mut states: Vec<Value> = (0..19).map(|at| state("a", &json!({"at": at}))).collect();
        states.insert(7, state("a", &json!({"at": 6, "page": "x"})));
        states.extend((0..3).map(|at| state("b", &json!({"at": at}))));
        let keys = ["a", "b"].map(|name| Key::of(&json!({"name": name})));
        assert_eq!(worth_resuming(&captured(&states), &keys), [0, 7, 10, 19, 20, 21, 22]);
        assert_eq!(firsts(&captured(&states), &keys), [0, 20]);
        assert_eq!(worth_resuming(&captured(&states[..9]), &keys), [0, 1, 2, 3, 4, 5, 6, 7, 8]);
    }

    #[test]
    fn state_after_runs_is_the_last_one_of_each_stream() {
        let [a, b, c] = [1, 2, 3].map(|at| json!({"at": at}));
        let first = captured(&[state("a", &a), state("b", &a), state("a", &b)]);
        assert_eq!(state_after(&[(&first, 2)]), json!([state("a", &a), state("b", &a)]));
        assert_eq!(state_after(&[(&first, 3)]), json!([state("b", &a), state("a", &b)]));
        let second = captured(&[state("b", &c)]);
        assert_eq!(state_after(&[(&first, 3), (&second, 1)]), json!([state("a", &b), state("b", &c)]));
        let global = json!({"type": "GLOBAL", "global": {"shared_state": {"at": 1}, "stream_states": []}});
        assert_eq!(state_after(&[(&captured(std::slice::from_ref(&global)), 1)]), json!([global]));
    }

    #[test]
    fn evenly_spaced_includes_first_and_last() {
        assert_eq!(evenly_spaced((0..100).collect(), 4), [0, 33, 66, 99]);
        assert_eq!(evenly_spaced(vec![5, 7], 4), [5, 7]);
        assert_eq!(evenly_spaced(vec![], 4), [0; 0]);
    }
}
