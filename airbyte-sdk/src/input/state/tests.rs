use super::*;
use serde_json::json;

fn read(text: &str) -> Result<States> {
    let streams = [
        StreamDescriptor::new("global"),
        StreamDescriptor::new("a"),
        StreamDescriptor::new("Stock_Prices"),
        StreamDescriptor { name: "n".to_owned(), namespace: Some("x".to_owned()) },
        StreamDescriptor { name: "n".to_owned(), namespace: Some("y".to_owned()) },
        StreamDescriptor { name: "only".to_owned(), namespace: Some("x".to_owned()) },
    ];
    States::read(text.as_bytes(), "the state", streams)
}

fn position(text: &str) -> Option<Value> {
    match read(text) {
        Ok(mut states) => states.take(&StreamDescriptor::new("a")).map(|state| state.to_value()),
        Err(error) => panic!("{text}: {error}"),
    }
}

fn error_of(text: &str) -> String {
    match read(text) {
        Ok(states) => panic!("{text}: {states:?}"),
        Err(error) => error.message().to_owned(),
    }
}

#[test]
fn every_format_is_read() {
    let stream =
        json!({"stream_descriptor": {"name": "a", "namespace": null}, "stream_state": {"day": 5}, "id": 3});
    let message = json!({"type": "STREAM", "stream": stream, "sourceStats": {"recordCount": 1.0}});
    let global = json!({"shared_state": {}, "stream_states": [stream]});
    let by_name = json!({"a": {"day": 5}, "Stock_Prices": {"day": 6}});
    for value in [
        json!([message]),
        json!([{"type": "STREAM", "stream": stream, "global": null, "global_": null, "data": null}]),
        json!([{"type": "STREAM", "stream": stream, "data": {"a": {"day": 1}}}]),
        json!([{"type": "GLOBAL", "global": global}]),
        json!([{"type": "STATE", "state": message}]),
        json!({"type": "STATE", "state": message}),
        json!({"state": [message]}),
        json!({"state": stream}),
        json!({"state": by_name, "job": 7}),
        message.clone(),
        stream.clone(),
        json!([stream]),
        json!([{"streamDescriptor": {"name": "a"}, "streamState": {"day": 5}}]),
        json!({"stream_descriptor": {"name": "n"}, "stream_state": {}, "airbyte_state": [message]}),
        global.clone(),
        json!({"global": global}),
        json!({"type": "global", "global": global}),
        json!({"type": "LEGACY", "data": by_name}),
        json!({"data": by_name}),
        by_name,
        json!({"a": {"day": 5}, "global": {"day": 4}}),
    ] {
        assert_eq!(position(&value.to_string()), Some(json!({"day": 5})), "{value}");
    }
}

#[test]
fn last_state_of_a_stream_is_used() {
    let state = |day: Value| json!({"type": "STREAM", "stream": {"stream_descriptor": {"name": "a", "namespace": ""}, "stream_state": day}});
    let read = |days: &[Value]| position(&days.iter().cloned().map(state).collect::<Value>().to_string());
    assert_eq!(read(&[json!({"day": 4}), json!({"day": 5})]), Some(json!({"day": 5})));
    // A position that was retracted.
    assert_eq!(read(&[json!({"day": 4}), json!({})]), None);
    assert_eq!(read(&[json!({"day": 4}), json!(null)]), None);
}

#[test]
fn output_of_a_connector_is_read_as_json_lines() {
    let state = |day: u8| json!({"type": "STATE", "state": {"type": "STREAM", "stream": {"stream_descriptor": {"name": "a"}, "stream_state": {"day": day}}}});
    let record = json!({"type": "RECORD", "record": {"stream": "a", "data": {"day": 9}, "emitted_at": 1}});
    let lines = |lines: &[Value]| lines.iter().map(|line| format!("{line}\n")).collect::<String>();
    assert_eq!(position(&lines(&[state(1), state(2)])), Some(json!({"day": 2})));
    assert_eq!(
        position(&lines(&[record.clone(), state(1), record.clone(), state(3), record.clone()])),
        Some(json!({"day": 3}))
    );
    for others in [lines(&[record.clone(), record.clone()]), record.to_string(), json!([record]).to_string()]
    {
        assert!(
            error_of(&others).starts_with("the state contains messages, but no STATE message; expected"),
            "{others}"
        );
    }
    let cut = format!("{}\n{}", state(1), &record.to_string()[..40]);
    assert!(error_of(&cut).contains("is not valid JSON: EOF while parsing"), "{}", error_of(&cut));
    // Objects with streams by name are not messages.
    assert!(
        error_of("{\"a\": {\"day\": 1}}\n{\"a\": {\"day\": 2}}").contains("`[0]` must be a STATE message")
    );
}

#[test]
fn empty_states_have_no_position() {
    let stream = |state: Value| json!([{"type": "STREAM", "stream": {"stream_descriptor": {"name": "a"}, "stream_state": state}}]);
    for value in [
        json!(null),
        json!([]),
        json!({}),
        stream(json!(null)),
        stream(json!({"__ab_no_cursor_state_message": true})),
        stream(json!({"__ab_full_refresh_sync_complete": true})),
        json!([{"type": "STREAM", "stream": {"stream_descriptor": {"name": "a"}}}]),
        json!([{"type": "STREAM", "stream": {"stream_descriptor": {"name": "b"}, "stream_state": {"day": 1}}}]),
        json!([{"type": "GLOBAL", "global": {"stream_states": []}}]),
        json!({"type": "LEGACY", "data": {}}),
        json!({"a": null}),
    ] {
        assert_eq!(position(&value.to_string()), None, "{value}");
    }
}

#[test]
fn invalid_state_is_an_error_and_never_an_empty_state() {
    let stream = json!({"stream_descriptor": {"name": "a"}, "stream_state": {"day": 5}});
    for (value, expected) in [
        (
            json!({"stock_prices": {"day": 1}}),
            "`stock_prices` is not a stream of this source (did you mean `Stock_Prices`?); its streams: `Stock_Prices`, `a`, `global`, `n`, `only`",
        ),
        (json!({"bookmarks": {"a": {"day": 5}}}), "`bookmarks` is not a stream"),
        (json!({"singer_state": stream}), "`singer_state` is not a stream"),
        (
            json!({"a": {"day": 5}, "b": {"day": 5}, "c": {}}),
            "`b`, `c` are not streams of this source; its streams:",
        ),
        (json!({"b": null}), "`b` is not a stream"),
        (json!({"streams": [stream]}), "`streams` is not a stream"),
        (json!({"a": {"day": 5}, "data": {}}), "`data` is not a stream"),
        (json!({"a": {"day": 5}, "state": {"n": {"day": 5}}}), "`state` is not a stream"),
        (json!({"a": {"day": 5}, "type": "LEGACY", "data": {}}), "`type`, `data` are not streams"),
        (json!({"type": {"day": 5}}), "`type` is not a stream"),
        (json!({"type": "OTHER"}), "`type` is not a stream"),
        (json!({"state": {}}), "`state` must be a state, not an empty object"),
        (json!({"state": null}), "`state` is not a stream"),
        (json!({"state": "{}"}), "`state` must be a state, not a string"),
        (json!({"state": {"b": {}}}), "`state.b` is not a stream"),
        (json!({"type": "STATE"}), "`state` must be a state, not null"),
        (json!({"type": "STATE", "value": {"bookmarks": {}}}), "`state` must be a state, not null"),
        (json!({"type": "STREAM"}), "`stream.stream_descriptor.name` must be the name of a stream"),
        (json!({"type": "STREAM", "global": {"stream_states": [stream]}}), "`stream.stream_descriptor.name`"),
        (json!({"type": "GLOBAL", "global": null}), "`global.stream_states` must be an array"),
        (
            json!({"type": "GLOBAL", "global": {"shared_state": {"lsn": 1}}}),
            "`global.stream_states` must be an array",
        ),
        (json!({"type": "LEGACY", "data": null}), "`data` must be a state, not null"),
        (json!({"type": "LEGACY", "data": [stream]}), "`data` must be a state, not an array"),
        (json!({"n": {"day": 1}}), "`n` is the name of several streams"),
        (json!([[stream]]), "`[0]` must be a STATE message, not an array"),
        (json!([{}]), "`[0]` must be a STATE message"),
        (json!([null]), "`[0]` must be a STATE message, not null"),
        (json!([{"a": {"day": 5}}]), "`[0]` must be a STATE message"),
        (json!([{"type": "STREAM", "stream": [stream]}]), "`[0].stream.stream_descriptor.name`"),
        (
            json!({"stream_descriptor": {"name": "a"}, "state": {"day": 5}}),
            "`stream_state` is missing; found `state` instead",
        ),
        (
            json!({"stream_descriptor": {"name": "a"}, "stream_state": "{\"day\": 5}"}),
            "`stream_state` must be an object, not a string",
        ),
        (
            json!({"stream_descriptor": {"name": "a", "namespace": 5}, "stream_state": {}}),
            "`stream_descriptor.namespace` must be a string",
        ),
        (json!({"a": [1]}), "`a` must be an object, not an array"),
        (json!(true), "must be an array of STATE messages, not a boolean"),
        (json!("[]"), "must be an array of STATE messages, not a string"),
    ] {
        let message = error_of(&value.to_string());
        assert!(message.contains(expected), "{value}: {message}");
        assert!(message.contains("; expected an array of STATE messages"), "{message}");
    }
}

#[test]
fn name_without_namespace_is_accepted_if_it_is_unique() {
    let mut states = read(r#"{"only": {"day": 5}}"#).unwrap();
    let stream = StreamDescriptor { name: "only".to_owned(), namespace: Some("x".to_owned()) };
    assert_eq!(states.take(&stream).map(|state| state.to_value()), Some(json!({"day": 5})));
}

#[test]
fn all_problems_are_reported_with_their_paths() {
    let value = json!([5, {"type": "STREAM", "stream": {"stream_descriptor": {}}},
        {"type": "STREAM", "stream": {"stream_descriptor": {"name": "a"}, "stream_state": "x"}},
        {"type": "GLOBAL", "global": {"stream_states": {"a": {}}}}]);
    let message = error_of(&value.to_string());
    for place in [
        "`[0]`",
        "`[1].stream.stream_descriptor.name`",
        "`[2].stream.stream_state`",
        "`[3].global.stream_states`",
    ] {
        assert!(message.contains(place), "{message}");
    }
    assert!(!message.contains("\"x\""), "{message}");
}

#[test]
fn error_has_bounded_length() {
    let many: serde_json::Map<String, Value> =
        (0..10_000).map(|name| (format!("{name:0>300}"), json!({}))).collect();
    assert!(error_of(&Value::from(many).to_string()).len() < 3_000);
    assert!(error_of(&json!(vec![5; 10_000]).to_string()).len() < 3_000);
}
