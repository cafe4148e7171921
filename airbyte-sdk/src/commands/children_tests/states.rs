//! States in other formats than the SDK's for partitions, whose parents come while they are read.

use super::{Config, Parent, last_state, parent, run};
use crate::commands::{self, Outcome};
use crate::error::{Error, Result};
use crate::input::States;
use crate::{Emitter, Source, airbyte_stream};
use serde_json::{Value, json};

/// A child that says where its read started.
#[airbyte_stream(name = "children", cursor = id, order = ascending, older_state = in_list)]
struct Child {
    parent: u64,
    id: u64,
}

/// A state like `{"list": ["2=7"]}`.
fn in_list(state: &Value, partition: Option<&str>) -> Result<Option<u64>> {
    let Some(partition) = partition else { return Ok(None) };
    let list = state["list"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let position = list.filter_map(|entry| entry.split_once('=')).find(|(name, _)| *name == partition);
    position.map(|(_, id)| id.parse().map_err(Error::from)).transpose()
}

/// The parents 1 to 3, of whose children only so many parents are read.
fn source(parents_read: u64) -> Source<Config> {
    Source::new("source", "0")
        .full_refresh(|_: &Config, out: &mut Emitter<Parent>| (1..4).try_for_each(|id| out.emit(parent(id))))
        .incremental_children(move |_: &Config, parent: &Parent, since, out: &mut Emitter<Child>| {
            if parent.id > parents_read {
                return Err(Error::exhausted("no more today"));
            }
            out.emit(Child { parent: parent.id, id: since.unwrap_or(0) })
        })
        .partition_key("parent_id")
        .stop_when_exhausted()
        .concurrency(|_| 1)
}

struct Read {
    outcome: Outcome,
    /// The parents, and where their children were read from.
    starts: Vec<(u64, u64)>,
    state: Value,
    error: String,
}

fn read(source: &Source<Config>, given: &Value) -> Read {
    let (run, memory) = run();
    let stream = source.catalog().unwrap().into_iter().find(|stream| stream.name == "children");
    let catalog = json!({"streams": [{"stream": stream, "sync_mode": "incremental", "destination_sync_mode": "append"}]});
    let states = json!([{"type": "STREAM", "stream": {"stream_descriptor": {"name": "children"}, "stream_state": given}}]);
    let states = States::read(states.to_string().as_bytes(), "the state", []).unwrap();
    let outcome = commands::read(source, &Config {}, serde_json::from_value(catalog).unwrap(), states, &run);
    run.output.flush().unwrap();
    let messages = memory.take_messages();
    let records = messages.iter().filter(|message| message["type"] == "RECORD");
    let number = |record: &Value, field: &str| record["record"]["data"][field].as_u64().unwrap();
    let error = messages.iter().find_map(|message| message["trace"]["error"]["message"].as_str());
    Read {
        outcome: outcome.ok().unwrap(),
        starts: records.map(|record| (number(record, "parent"), number(record, "id"))).collect(),
        error: error.unwrap_or_default().to_owned(),
        state: last_state(&messages),
    }
}

fn python(states: &[(Value, u64)]) -> Value {
    let states = states.iter().map(|(id, at)| {
        json!({"partition": {"parent_id": id, "parent_slice": {"account": 5}}, "cursor": {"id": at}})
    });
    json!({"use_global_cursor": false, "states": states.collect::<Vec<_>>(), "state": {"id": 90}, "parent_state": {}})
}

#[test]
fn parents_start_at_their_positions_of_the_python_cdk() {
    let given = python(&[(json!("3"), 30), (json!(2), 20), (json!(9), 90)]);
    let read = read(&source(9), &given);
    assert!(matches!(read.outcome, Outcome::Success), "{}", read.error);
    // The first one is deferred until one comes that is in the state.
    assert_eq!(read.starts, [(2, 20), (3, 30), (1, 0)]);
    assert_eq!(read.state, json!({"partitions": {"1": {"id": 0}, "2": {"id": 20}, "3": {"id": 30}}}));
}

/// Otherwise all children would be read from the beginning, because of a name in another form.
#[test]
fn state_that_has_none_of_the_parents_is_an_error_before_any_is_read() {
    for (given, expected) in [
        (
            python(&[(json!("shop-1"), 30)]),
            "`states` has none of the listed partitions: it has `shop-1`, and the list has `1`",
        ),
        (json!({"list": ["8=7"]}), "`id` is missing: it has `list`"),
        (json!({"id": "x"}), "`id` is not a valid cursor value"),
        (python(&[]), ""),
    ] {
        let read = read(&source(9), &given);
        if expected.is_empty() {
            assert_eq!(read.starts, [(1, 0), (2, 0), (3, 0)]);
            continue;
        }
        assert!(matches!(read.outcome, Outcome::FailedStreams));
        assert!(read.error.contains(expected), "{}", read.error);
        assert_eq!((read.starts, read.state), (vec![], Value::Null), "{given}");
    }
}

/// The position of a parent that was not visited is only in the given state.
#[test]
fn interrupted_read_keeps_the_given_state_for_the_parents_that_follow() {
    for (given, expected) in [
        (json!({"id": 5}), [(1, 5), (2, 5), (3, 5)]),
        (json!({"state": {"id": 5}, "use_global_cursor": true}), [(1, 5), (2, 5), (3, 5)]),
        (json!({"list": ["1=5", "3=7"]}), [(1, 5), (2, 0), (3, 7)]),
    ] {
        let first = read(&source(1), &given);
        assert!(matches!(first.outcome, Outcome::Success), "{}", first.error);
        assert_eq!(first.starts, expected[..1]);
        assert_eq!(first.state["partitions"]["1"], json!({"id": 5}));
        assert_eq!((&first.state["given"], &first.state["next"]), (&given, &json!("2")));
        // The second one is interrupted again.
        let second = read(&source(2), &first.state);
        assert_eq!(second.starts, expected[1..2]);
        assert_eq!((&second.state["given"], &second.state["next"]), (&given, &json!("3")));
        let third = read(&source(9), &second.state);
        assert_eq!(third.starts, [expected[2], expected[0], expected[1]]);
        assert!(third.state.get("given").is_none() && third.state.get("next").is_none(), "{}", third.state);
    }
}

/// It is not known which of the positions belong to others.
#[test]
fn position_that_cannot_be_read_fails_its_parent_only() {
    let read = read(&source(9), &json!({"list": ["1=x", "2=7"]}));
    assert!(matches!(read.outcome, Outcome::FailedStreams));
    assert_eq!(read.starts, [(2, 7), (3, 0)]);
    assert_eq!(read.state["partitions"], json!({"2": {"id": 7}, "3": {"id": 0}}));
    assert_eq!(read.state["given"], json!({"list": ["1=x", "2=7"]}));
}
