//! States of a run: where they stand among its messages, what a platform would hand back, and which are worth resuming from.

use super::runs::{Key, Shot};
use serde_json::{Value, json};

/// A state of a run: the state itself and how many messages came before it.
pub(super) struct Checkpoint<'a> {
    pub(super) state: &'a Value,
    pub(super) index: usize,
}

/// The states of a run, with their places.
pub(super) fn checkpoints(shot: &Shot) -> Vec<Checkpoint<'_>> {
    let messages = shot.messages.iter().enumerate().filter(|(_, (_, message))| message["type"] == "STATE");
    messages.map(|(index, (_, message))| Checkpoint { state: &message["state"], index }).collect()
}

/// What a state says of each stream: the descriptor and the stream's own state.
pub(super) fn stream_states(state: &Value) -> Vec<&Value> {
    match state["type"].as_str() {
        Some("GLOBAL") => state["global"]["stream_states"].as_array().into_iter().flatten().collect(),
        Some("STREAM") => vec![&state["stream"]],
        _ => Vec::new(),
    }
}

/// The streams a state speaks of.
pub(super) fn state_streams(state: &Value) -> Vec<Key> {
    stream_states(state).into_iter().map(|state| Key::of(&state["stream_descriptor"])).collect()
}

/// What a state says of this stream.
pub(super) fn state_of<'s>(state: &'s Value, key: &Key) -> Option<&'s Value> {
    let mut states = stream_states(state).into_iter();
    states.find(|state| Key::of(&state["stream_descriptor"]) == *key).map(|state| &state["stream_state"])
}

/// The last thing that a run says of this stream.
pub(super) fn last_state_of<'s>(shot: &'s Shot, key: &Key) -> Option<&'s Value> {
    checkpoints(shot).into_iter().rev().find_map(|checkpoint| state_of(checkpoint.state, key))
}

/// What a platform would hand back after so many messages of each of these runs, one after the other.
pub(super) fn state_after(runs: &[(&Shot, usize)]) -> Value {
    let mut kept: Vec<&Value> = Vec::new();
    let all = runs.iter().flat_map(|(shot, count)| {
        checkpoints(shot).into_iter().filter(|checkpoint| checkpoint.index < *count)
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

/// States of the type STREAM as one GLOBAL; `None` if they are of another type.
pub(super) fn as_global(states: &Value) -> Option<Value> {
    let states = states.as_array().filter(|states| !states.is_empty())?;
    let is_stream = |state: &Value| state["type"] == "STREAM" && state["stream"].is_object();
    states.iter().all(is_stream).then(|| {
        let streams: Vec<_> = states.iter().map(|state| state["stream"].clone()).collect();
        json!([{"type": "GLOBAL", "global": {"stream_states": streams}}])
    })
}

/// For so many kinds of state of each stream, one is resumed from.
const MOST_SHAPES: usize = 4;

/// If a read sends no more states than this, each is resumed from.
const FEW: usize = 16;

/// The places of states that are worth resuming from: all, if they are few; else of each of these streams the first, the one
/// in the middle, the last, and the first of each kind, which is one that has other fields.
pub(super) fn telling(shot: &Shot, streams: &[Key]) -> Vec<usize> {
    let mut all = checkpoints(shot);
    all.retain(|it| state_streams(it.state).iter().any(|key| streams.contains(key)));
    if all.len() <= FEW {
        return all.iter().map(|it| it.index).collect();
    }
    let mut places = Vec::new();
    for key in streams {
        // A GLOBAL state repeats what it says of the other streams.
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

/// The places where a run says something of a stream for the first time.
pub(super) fn firsts(shot: &Shot, streams: &[Key]) -> Vec<usize> {
    let all = checkpoints(shot);
    let first = |key| all.iter().find(|it| state_of(it.state, key).is_some()).map(|it| it.index);
    let mut places: Vec<usize> = streams.iter().filter_map(first).collect();
    places.sort_unstable();
    places.dedup();
    places
}

/// The names of the fields, at all levels.
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

/// So many of these, evenly, with the first and the last.
pub(super) fn thinned(places: Vec<usize>, most: usize) -> Vec<usize> {
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

    fn shot(states: &[Value]) -> Shot {
        let lines = states.iter().map(|state| json!({"type": "STATE", "state": state}).to_string() + "\n");
        Shot::new(lines.collect::<String>().into_bytes(), Vec::new())
    }

    #[test]
    fn each_stream_is_resumed_from_its_first_middle_and_last_state_and_from_each_kind() {
        let mut states: Vec<Value> = (0..19).map(|at| state("a", &json!({"at": at}))).collect();
        states.insert(7, state("a", &json!({"at": 6, "page": "x"})));
        states.extend((0..3).map(|at| state("b", &json!({"at": at}))));
        let keys = ["a", "b"].map(|name| Key::of(&json!({"name": name})));
        assert_eq!(telling(&shot(&states), &keys), [0, 7, 10, 19, 20, 21, 22]);
        assert_eq!(firsts(&shot(&states), &keys), [0, 20]);
        assert_eq!(telling(&shot(&states[..9]), &keys), [0, 1, 2, 3, 4, 5, 6, 7, 8]);
    }

    #[test]
    fn what_is_handed_back_is_the_last_state_of_each_stream() {
        let [a, b, c] = [1, 2, 3].map(|at| json!({"at": at}));
        let first = shot(&[state("a", &a), state("b", &a), state("a", &b)]);
        assert_eq!(state_after(&[(&first, 2)]), json!([state("a", &a), state("b", &a)]));
        assert_eq!(state_after(&[(&first, 3)]), json!([state("b", &a), state("a", &b)]));
        let second = shot(&[state("b", &c)]);
        assert_eq!(state_after(&[(&first, 3), (&second, 1)]), json!([state("a", &b), state("b", &c)]));
        let global = json!({"type": "GLOBAL", "global": {"shared_state": {"at": 1}, "stream_states": []}});
        assert_eq!(state_after(&[(&shot(std::slice::from_ref(&global)), 1)]), json!([global]));
    }

    #[test]
    fn a_few_of_many_places_are_the_outer_ones_and_some_between() {
        assert_eq!(thinned((0..100).collect(), 4), [0, 33, 66, 99]);
        assert_eq!(thinned(vec![5, 7], 4), [5, 7]);
        assert_eq!(thinned(vec![], 4), [0; 0]);
    }
}
