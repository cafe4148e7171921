//! Partitioned streams.
#![allow(clippy::unwrap_used, reason = "a test may panic in its helpers too")]

use renamed_sdk::testing::{Connector, Run};
use serde_json::{Value, json};

/// Reads one stream in this mode, even if the stream does not support it.
fn read(config: &Value, stream: &str, mode: &str, state: Option<Value>) -> Run {
    let connector = Connector::new(env!("CARGO_BIN_EXE_source-fixture"));
    let mut catalog = connector.discover(config).configured(mode);
    catalog["streams"].as_array_mut().unwrap().retain(|entry| entry["stream"]["name"] == stream);
    catalog["streams"][0]["sync_mode"] = json!(mode);
    let state = state.map(|state| {
        json!([{"type": "STREAM", "stream": {"stream_descriptor": {"name": stream}, "stream_state": state}}])
    });
    connector.read(config, &catalog, state.as_ref())
}

fn last_state(run: &Run) -> Value {
    run.final_state()[0]["stream"]["stream_state"].clone()
}

/// Each record as `shelf` and `number`, in order.
fn read_from(run: &Run, stream: &str) -> Vec<String> {
    let records = run.records(stream);
    records
        .iter()
        .map(|record| format!("{}{}", record["shelf"].as_str().unwrap(), record["number"]))
        .collect()
}

#[test]
fn each_partition_has_its_own_position() {
    let run = read(&json!({"count": 2}), "books", "incremental", None);
    assert_eq!(run.exit_code, Some(0), "{run}");
    assert_eq!(read_from(&run, "books"), ["a0", "a1", "b0", "b1"]);
    assert_eq!(last_state(&run), json!({"partitions": {"a": {"number": 1}, "b": {"number": 1}}}));
    assert_eq!(run.statuses("books"), ["STARTED", "RUNNING", "COMPLETE"]);

    // A new shelf is read from its beginning, a removed one is forgotten.
    let config = json!({"count": 3, "shelves": ["b", "c"]});
    let run = read(&config, "books", "incremental", Some(last_state(&run)));
    assert_eq!(read_from(&run, "books"), ["b1", "b2", "c0", "c1", "c2"]);
    assert_eq!(last_state(&run), json!({"partitions": {"b": {"number": 2}, "c": {"number": 2}}}));
}

#[test]
fn partitions_that_appear_renamed_cause_a_warning() {
    let warnings = |shelves: Value, partitions: Value| {
        let config = json!({"count": 1, "shelves": shelves});
        let run = read(&config, "books", "incremental", Some(json!({"partitions": partitions})));
        assert_eq!(run.exit_code, Some(0), "{run}");
        let logs = run.all("LOG");
        let warnings = logs.iter().filter(|log| log["level"] == "WARN");
        warnings.map(|log| log["message"].as_str().unwrap().to_owned()).collect::<Vec<_>>().join("\n")
    };
    let at = json!({"number": 0});
    let warning = warnings(json!(["a", "b"]), json!({"A ": at, "b": at}));
    assert!(warning.contains("spells the name differently: `a` (in the state: `A `)"), "{warning}");
    let warning = warnings(json!(["a", "b"]), json!({"x": at, "y": at}));
    assert!(
        warning.contains("the state has none of them") && warning.contains("it has `x`, `y`"),
        "{warning}"
    );
    for partitions in [json!({"a": at, "A": at}), json!({"a": at, "x": at}), json!({})] {
        assert_eq!(warnings(json!(["a", "b"]), partitions), "");
    }
}

#[test]
fn former_state_key_is_accepted() {
    let former = json!({"parts": {"a": {"number": 1}, "b": {"number": 0}}, "next": "b"});
    let run = read(&json!({"count": 3}), "books", "incremental", Some(former));
    assert_eq!(read_from(&run, "books"), ["b0", "b1", "b2", "a1", "a2"]);
    assert_eq!(last_state(&run), json!({"partitions": {"a": {"number": 2}, "b": {"number": 2}}}));
    // If both keys are present, the current one counts.
    let both = json!({"partitions": {"a": {"number": 2}}, "parts": {"a": {"number": 0}, "b": {"number": 2}}});
    let run = read(&json!({"count": 3}), "books", "incremental", Some(both));
    assert_eq!(read_from(&run, "books"), ["a2", "b0", "b1", "b2"]);
    for nothing in [json!(null), json!({})] {
        let state = json!({"partitions": nothing, "parts": {"a": {"number": 2}, "b": {"number": 2}}});
        let run = read(&json!({"count": 3}), "books", "incremental", Some(state));
        assert_eq!(read_from(&run, "books"), ["a2", "b2"]);
    }
    let run = read(&json!({"count": 3}), "books", "incremental", Some(json!({"parts": [1]})));
    assert_eq!(run.errors()[0]["failure_type"], "config_error", "{run}");
}

#[test]
fn position_of_an_unpartitioned_stream_applies_to_each_partition() {
    let run = read(&json!({"count": 3}), "books", "incremental", Some(json!({"number": 2})));
    assert_eq!(read_from(&run, "books"), ["a2", "b2"]);
    for (state, expected) in [
        (json!({"partitions": []}), "`partitions` is not an object"),
        (json!({"partitions": {"a": 5}}), "`partitions.a` is not an object"),
        (
            json!({"partitions": {"a": {"number": "x"}}}),
            "`number` is not a valid cursor value: it is a string",
        ),
        (json!({"partitions": {}, "next": ["a"]}), "`next` is not the name of a partition"),
        (json!({"other": 1}), "`number` is missing"),
    ] {
        let run = read(&json!({"count": 1}), "books", "incremental", Some(state));
        assert_eq!(run.exit_code, Some(1), "{run}");
        assert!(run.errors()[0]["message"].as_str().unwrap().contains(expected), "{run}");
    }
}

#[test]
fn migrated_state_applies_only_to_the_partitions_it_names() {
    for (state, read_on) in [
        (json!({"last": {"a": 2}}), &["a2", "b0", "b1", "b2"][..]),
        (json!({"last": {"b": 1, "gone": 2}}), &["a0", "a1", "a2", "b1", "b2"]),
        (json!({"partitions": {"a": {"last": 2}, "b": {"number": 2}}}), &["a2", "b2"]),
    ] {
        let run = read(&json!({"count": 3}), "books", "incremental", Some(state));
        assert_eq!(run.exit_code, Some(0), "{run}");
        assert_eq!(read_from(&run, "books"), read_on, "{run}");
        assert_eq!(last_state(&run), json!({"partitions": {"a": {"number": 2}, "b": {"number": 2}}}));
    }
    // A state that names none of the partitions is an error.
    for state in [json!({"last": {"gone": 2}}), json!({"last": {}})] {
        let run = read(&json!({"count": 3}), "books", "incremental", Some(state));
        assert_eq!((run.exit_code, run.all("RECORD").len()), (Some(1), 0), "{run}");
        assert!(run.errors()[0]["message"].as_str().unwrap().contains("`number` is missing"), "{run}");
    }
}

/// The same names may be those of other things.
#[test]
fn partitions_of_the_python_cdk_need_their_key() {
    let state = json!({"states": [{"partition": {"shelf": "a"}, "cursor": {"number": 2}}]});
    let run = read(&json!({"count": 3}), "books", "incremental", Some(state.clone()));
    assert_eq!((run.exit_code, run.all("RECORD").len(), run.states().len()), (Some(1), 0, 0), "{run}");
    let message = run.errors()[0]["message"].as_str().unwrap().to_owned();
    assert!(
        message.contains(
            "`states[0].partition` names a partition by `shelf`, which this connector does not know"
        ),
        "{message}"
    );
    // In a full refresh all are read.
    let run = read(&json!({"count": 3}), "boxes", "full_refresh", Some(state));
    assert_eq!((run.exit_code, run.records("boxes").len()), (Some(0), 6), "{run}");
}

#[test]
fn failed_partition_does_not_stop_the_others() {
    let config = json!({"count": 2, "shelves": ["a", "bad", "c"]});
    let run = read(&config, "books", "incremental", None);
    assert_eq!(run.exit_code, Some(1), "{run}");
    assert_eq!(read_from(&run, "books"), ["a0", "a1", "bad0", "bad1", "c0", "c1"]);
    assert_eq!(run.errors().len(), 1, "{run}");
    assert_eq!(run.errors()[0]["message"], "bad: the shelf broke down");
    assert_eq!(run.statuses("books").last().unwrap(), "INCOMPLETE");
    // The ascending order keeps the position even of the failed partition, and the next read starts with it.
    let all = json!({"a": {"number": 1}, "bad": {"number": 1}, "c": {"number": 1}});
    assert_eq!(last_state(&run), json!({"partitions": all, "next": "bad"}));
    let run = read(&config, "books", "incremental", Some(last_state(&run)));
    assert_eq!(read_from(&run, "books"), ["bad1", "c1", "a1"]);
    assert_eq!(last_state(&run), json!({"partitions": all}));
}

#[test]
fn three_failed_partitions_in_a_row_end_the_stream() {
    let config = json!({"count": 1, "shelves": ["a", "bad1", "bad2", "bad3", "e"]});
    let run = read(&config, "books", "incremental", None);
    assert_eq!(read_from(&run, "books"), ["a0", "bad10", "bad20", "bad30"]);
    assert_eq!(run.errors()[0]["internal_message"], "3 partitions failed", "{run}");
    // The errors are transient, so the next read starts with the first failed partition.
    assert_eq!(last_state(&run)["next"], "bad1");
}

#[test]
fn failing_partitions_do_not_starve_the_others() {
    // Partitions that fail with a config error are not read first.
    let config =
        json!({"count": 0, "shelves": ["gone1", "gone2", "gone3", "d", "gone5", "gone6", "gone7", "h"]});
    let run = read(&config, "books", "incremental", None);
    assert_eq!(run.exit_code, Some(1), "{run}");
    assert_eq!(last_state(&run), json!({"partitions": {}, "next": "d"}), "{run}");
    let run = read(&config, "books", "incremental", Some(last_state(&run)));
    // Partitions are read in order of their names.
    assert_eq!(last_state(&run)["next"], "gone5", "{run}");
    let run = read(&config, "books", "incremental", Some(last_state(&run)));
    assert_eq!(last_state(&run)["next"], "h", "{run}");
    // Neither do partitions with transient errors block the others.
    let config = json!({"count": 1, "shelves": ["bad1", "bad2", "bad3", "d"]});
    let run = read(&config, "books", "incremental", None);
    assert_eq!(read_from(&run, "books"), ["bad10", "bad20", "bad30"], "{run}");
    let run = read(&config, "books", "incremental", Some(last_state(&run)));
    assert_eq!(read_from(&run, "books"), ["bad20", "bad30", "d0", "bad10"], "{run}");
    // Without records or progress, no state is sent.
    let config = json!({"count": 0, "shelves": ["gone1", "gone2", "gone3"]});
    let run = read(&config, "books", "incremental", None);
    assert_eq!(run.exit_code, Some(1), "{run}");
    assert!(run.states().is_empty(), "{run}");
}

#[test]
fn read_starts_with_the_next_partition_and_wraps_around() {
    let config = |shelves: &[&str]| json!({"count": 1, "shelves": shelves});
    let state = |next: &str| json!({"partitions": {"c": {"number": 0}, "a": {"number": 0}}, "next": next});
    for (shelves, next, order) in [
        (&["a", "b", "c"][..], "b", &["b0", "c0", "a0"][..]),
        // By name, since the order of the list may change.
        (&["c", "b", "a"], "b", &["b0", "c0", "a0"]),
        // If it was removed: the one that follows it, otherwise the first.
        (&["a", "b", "d", "e"], "c", &["d0", "e0", "a0", "b0"]),
        (&["e", "d", "a"], "c", &["d0", "e0", "a0"]),
        (&["b", "a"], "c", &["a0", "b0"]),
    ] {
        for stream in ["books", "boxes"] {
            // In a full refresh, no partition is finished.
            let mut state = state(next);
            if stream == "boxes" {
                state["partitions"] = json!({});
            }
            let mode = if stream == "books" { "incremental" } else { "full_refresh" };
            let run = read(&config(shelves), stream, mode, Some(state));
            assert_eq!(run.exit_code, Some(0), "{run}");
            assert_eq!(read_from(&run, stream), order, "{run}");
            // All partitions have been read.
            assert!(last_state(&run).get("next").is_none(), "{run}");
        }
    }
    let logs_first_partition = |run: &Run| {
        run.all("LOG").iter().any(|log| log["message"].as_str().unwrap().contains(", starting with `b`"))
    };
    assert!(logs_first_partition(&read(&config(&["a", "b"]), "books", "incremental", Some(state("b")))));
    assert!(!logs_first_partition(&read(&config(&["b", "a"]), "books", "incremental", None)));
}

#[test]
fn interrupted_full_refresh_resumes_with_the_remaining_partitions() {
    let config = json!({"count": 1, "shelves": ["a", "bad", "c"]});
    let run = read(&config, "boxes", "full_refresh", None);
    assert_eq!(read_from(&run, "boxes"), ["a0", "c0"]);
    assert_eq!(last_state(&run), json!({"partitions": {"a": {}, "c": {}}, "next": "bad"}));
    let state = last_state(&run);
    let whole = json!({"count": 1, "shelves": ["a", "b", "c"]});
    let run = read(&whole, "boxes", "full_refresh", Some(state.clone()));
    assert_eq!(read_from(&run, "boxes"), ["b0"]);
    assert!(!run.stdout.contains("nothing is read"), "{run}");
    // All partitions had their turn, so none is next.
    let config = json!({"count": 1, "shelves": ["bad", "a"]});
    let run = read(&config, "boxes", "full_refresh", Some(json!({"partitions": {"a": {}}, "next": "bad"})));
    assert_eq!(last_state(&run), json!({"partitions": {"a": {}}}), "{run}");
    // A partition with a position is not finished.
    let begun = json!({"partitions": {"a": {"number": 0}, "b": {}}});
    let run = read(&whole, "boxes", "full_refresh", Some(begun));
    assert_eq!(read_from(&run, "boxes"), ["a0", "c0"]);
    // A finished refresh has nothing left to read.
    let run = read(&whole, "boxes", "full_refresh", Some(last_state(&run)));
    assert_eq!(run.exit_code, Some(0), "{run}");
    assert_eq!(read_from(&run, "boxes"), [] as [&str; 0]);
    assert_eq!(last_state(&run), json!({"partitions": {"a": {}, "b": {}, "c": {}}}));
    assert!(
        run.stdout.contains("boxes: nothing is read, because the given state is that of a finished"),
        "{run}"
    );
    // Some clients configure an unsupported `incremental` and pass the state of a finished refresh.
    let run = read(&whole, "boxes", "incremental", Some(state));
    assert_eq!(read_from(&run, "boxes"), ["a0", "b0", "c0"]);
}

#[test]
fn decreasing_cursor_in_a_partition_revokes_its_states_at_once() {
    let config = json!({"count": 10_001, "shelves": ["a", "backwards", "c"]});
    let run =
        read(&config, "books", "incremental", Some(json!({"partitions": {"backwards": {"number": 1}}})));
    assert_eq!(run.exit_code, Some(1), "{run}");
    let positions: Vec<Value> = run
        .states()
        .iter()
        .map(|state| state["stream"]["stream_state"]["partitions"]["backwards"]["number"].clone())
        .collect();
    // After 10 000 records of `a`, then of `backwards`; revoked before `c` is read.
    assert_eq!(positions, [json!(1), json!(10_000), json!(1), json!(1), json!(1)], "{run}");
    assert_eq!(last_state(&run)["partitions"]["c"]["number"], 10_000);
}

#[test]
fn duplicate_partition_is_rejected() {
    let run = read(&json!({"shelves": ["a", "b", "a"]}), "books", "incremental", None);
    assert_eq!(run.exit_code, Some(1));
    assert!(run.errors()[0]["message"].as_str().unwrap().starts_with("Duplicate partition `a`"), "{run}");
    assert!(run.all("RECORD").is_empty(), "{run}");
}

#[cfg(unix)]
#[test]
fn signal_keeps_the_positions_of_all_partitions() {
    use std::io::{BufRead, BufReader};
    use std::os::unix::process::ExitStatusExt;
    use std::process::{Command, Stdio};

    let connector = Connector::new(env!("CARGO_BIN_EXE_source-fixture"));
    let config = json!({"count": 3, "shelves": ["a", "endless", "c"]});
    let mut catalog = connector.discover(&config).configured("incremental");
    catalog["streams"].as_array_mut().unwrap().retain(|entry| entry["stream"]["name"] == "books");
    let mut child = connector.read_command(&config, &catalog, None).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    assert!(lines.any(|line| line.contains(r#""shelf":"endless","number":2"#)));
    assert!(Command::new("kill").arg(child.id().to_string()).status().unwrap().success());
    let state: Value = serde_json::from_str(&lines.next().unwrap()).unwrap();
    assert_eq!(
        state["state"]["stream"]["stream_state"],
        json!({"partitions": {"a": {"number": 2}, "endless": {"number": 2}}, "next": "endless"})
    );
    assert_eq!(child.wait().unwrap().signal(), Some(15));
}
