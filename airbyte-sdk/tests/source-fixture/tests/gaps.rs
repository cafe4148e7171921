//! Records that the API omits: no state covers them, whatever the fetch function does with the error.
#![allow(clippy::unwrap_used, reason = "a test may panic in its helpers too")]

use renamed_sdk::testing::server::{Request, Response};
use renamed_sdk::testing::{Connector, Run, Server};
use serde_json::{Value, json};
#[cfg(unix)]
use std::io::{BufRead, BufReader};
#[cfg(unix)]
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

/// How the API serves two pages, with the rows 1 to 3 and 4 to 7.
#[derive(Clone, Copy, PartialEq)]
enum Api {
    Whole,
    /// The second page lacks 2 of the 4 rows that it announces, or is rejected; JSON Lines are truncated.
    Gaps,
    /// The second day is a 404.
    Nothing,
    /// The list of shops is truncated after the first.
    CutList,
    /// The first request for a second page is rate limited.
    Limited,
    /// The second page stalls after 2 of its rows.
    Stalls,
}

fn serve(api: Api) -> Server {
    let (server, limited) = (Server::start(), AtomicBool::new(api == Api::Limited));
    server.on("GET /*").respond_with(move |request| respond(request, api, &limited));
    server
}

fn respond(request: &Request, api: Api, limited: &AtomicBool) -> Response {
    let target = request.target();
    // Only the first shop has gaps.
    let gaps = api == Api::Gaps && !target.starts_with("/rows/b");
    let rows = |ids: &[u64]| ids.iter().map(|id| format!("{{\"id\":{id}}}")).collect::<Vec<_>>().join(",");
    let good = |body: String| Response::bytes(body);
    let rejected = |status| Response::json(json!({})).status(status);
    // A truncated body is shorter than its announced length.
    let cut = |body: String| {
        let sent = body.len();
        Response::bytes(body + ".").cut_after(sent)
    };
    let response = if target.starts_with("/shops") {
        match api {
            Api::CutList => cut("{\"shops\":[\"a\",".to_owned()),
            _ => good("{\"shops\":[\"a\",\"b\"]}".to_owned()),
        }
    } else if target.starts_with("/days/2") && (gaps || api == Api::Nothing) {
        rejected(if gaps { 501 } else { 404 })
    } else if let Some(day) = target.strip_prefix("/days/") {
        good(format!("{{\"rows\":[{}]}}", rows(&[day.parse().unwrap()])))
    } else if target.starts_with("/lines") {
        let lines: String = (1..8).map(|id| format!("{{\"id\":{id}}}\n")).collect();
        if gaps { cut(lines[..lines.len() - 12].to_owned()) } else { good(lines) }
    } else if !target.contains("page=2") {
        good(format!("{{\"rows\":[{}],\"count\":3,\"next\":\"{target}?page=2\"}}", rows(&[1, 2, 3])))
    } else if limited.swap(false, Relaxed) {
        rejected(429)
    } else if gaps && target.starts_with("/rejected") {
        rejected(403)
    } else if gaps {
        good(format!("{{\"rows\":[{}],\"count\":4}}", rows(&[4, 5])))
    } else if api == Api::Stalls {
        // Until the connector disconnects.
        let body = format!("{{\"rows\":[{},", rows(&[4, 5]));
        let sent = body.len();
        Response::bytes(body + ".").stall_after(sent)
    } else {
        good(format!("{{\"rows\":[{}],\"count\":4}}", rows(&[4, 5, 6, 7])))
    };
    response.header("Retry-After", "60").close()
}

fn read(error: &str, streams: &[&str], api: Api, state: Option<&Value>) -> Run {
    let connector = Connector::new(env!("CARGO_BIN_EXE_gaps")).skip_waits();
    let server = serve(api);
    let config = json!({"url": server.url(), "error": error});
    let catalog = catalog(&connector, &config, streams);
    let state = state.map(|state| {
        json!([{"type": "STREAM", "stream": {"stream_descriptor": {"name": streams[0]}, "stream_state": state}}])
    });
    connector.read(&config, &catalog, state.as_ref())
}

fn catalog(connector: &Connector, config: &Value, streams: &[&str]) -> Value {
    let all = connector.discover(config).configured("incremental");
    let entry = |name: &&str| {
        all["streams"]
            .as_array()
            .unwrap()
            .iter()
            .find(|entry| entry["stream"]["name"] == **name)
            .unwrap()
            .clone()
    };
    json!({"streams": streams.iter().map(entry).collect::<Vec<_>>()})
}

fn ids(run: &Run, stream: &str) -> Vec<u64> {
    run.records(stream).iter().map(|record| record["id"].as_u64().unwrap()).collect()
}

fn states(run: &Run) -> Vec<Value> {
    run.states().iter().map(|state| state["stream"]["stream_state"].clone()).collect()
}

fn record_counts(run: &Run) -> Vec<f64> {
    run.states().iter().map(|state| state["sourceStats"]["recordCount"].as_f64().unwrap()).collect()
}

/// Asserts the last state of a stream, and that resuming from it reads all remaining records.
fn assert_resumes_after(run: &Run, stream: &str, position: Option<&Value>) {
    assert_eq!(states(run).last(), position, "{run}");
    let rest = read("returned", &[stream], Api::Whole, position);
    assert_eq!(rest.exit_code, Some(0), "{rest}");
    let mut all = ids(run, stream);
    all.extend(ids(&rest, stream));
    assert!((1..8).all(|id| all.contains(&id)), "{run}{rest}");
}

#[test]
fn gap_holds_the_state_whatever_happens_to_the_error() {
    for error in ["returned", "converted", "through_io", "panics", "ignored"] {
        let run = read(error, &["rows"], Api::Gaps, None);
        assert_eq!(ids(&run, "rows"), [1, 2, 3, 4, 5], "{error}: {run}");
        assert_eq!(run.exit_code, Some(1), "{error}: {run}");
        assert_eq!(run.statuses("rows").last().unwrap(), "INCOMPLETE", "{error}: {run}");
        assert_resumes_after(&run, "rows", Some(&json!({"id": 3})));
    }
}

#[test]
fn gap_in_an_unordered_stream_sends_no_state() {
    for stream in ["loose", "table"] {
        for error in ["returned", "ignored"] {
            let run = read(error, &[stream], Api::Gaps, None);
            assert_eq!(run.exit_code, Some(1), "{error}: {run}");
            assert_eq!(run.statuses(stream).last().unwrap(), "INCOMPLETE", "{error}: {run}");
            assert_eq!(states(&run), [] as [Value; 0], "{error}: {run}");
        }
    }
}

#[test]
fn ignored_error_of_a_line_iterator_fails_the_stream() {
    let run = read("ignored", &["lines"], Api::Gaps, None);
    assert_eq!((ids(&run, "lines"), run.exit_code), (vec![1, 2, 3, 4, 5], Some(1)), "{run}");
    assert!(run.errors()[0]["message"].as_str().unwrap().contains("/lines"), "{run}");
    assert_resumes_after(&run, "lines", Some(&json!({"id": 5})));
}

/// A request without an iterator, in a loop.
#[test]
fn ignored_error_of_a_request_fails_the_stream() {
    let run = read("ignored", &["days"], Api::Gaps, None);
    assert_eq!((ids(&run, "days"), run.exit_code), (vec![1, 3], Some(1)), "{run}");
    assert_eq!(states(&run).last(), Some(&json!({"id": 1})), "{run}");
    // A 404 means that there is no data for that day.
    let run = read("ignored", &["days"], Api::Nothing, None);
    assert_eq!((ids(&run, "days"), run.exit_code), (vec![1, 3], Some(0)), "{run}");
    assert_eq!(states(&run).last(), Some(&json!({"id": 3})), "{run}");
}

#[test]
fn record_lost_in_a_caught_panic_fails_the_stream() {
    for (error, before) in [("ignored", vec![1, 2]), ("last", vec![1, 2])] {
        let run = read(error, &["fragile"], Api::Whole, None);
        assert_eq!((ids(&run, "fragile"), run.exit_code), (before, Some(1)), "{run}");
        assert!(run.errors()[0]["message"].as_str().unwrap().contains("lost in a panic"), "{run}");
        assert_eq!(states(&run).last(), Some(&json!({"id": 2})), "{run}");
    }
}

#[test]
fn ignored_error_of_a_later_page_fails_the_stream() {
    let run = read("ignored", &["whole_pages"], Api::Gaps, None);
    assert_eq!(run.exit_code, Some(1), "{run}");
    assert_eq!(states(&run), [] as [Value; 0], "{run}");
}

#[test]
fn partly_read_page_is_not_covered_by_a_state() {
    let run = read("left_early", &["rows"], Api::Whole, None);
    assert_eq!((ids(&run, "rows"), run.exit_code), (vec![1, 2, 3, 4], Some(0)), "{run}");
    assert!(run.all("LOG").iter().any(|log| log["level"] == "WARN"), "{run}");
    assert_resumes_after(&run, "rows", Some(&json!({"id": 3})));
    let run = read("left_early", &["loose"], Api::Whole, Some(&json!({"id": 0})));
    assert_eq!((states(&run), run.exit_code), (vec![json!({"id": 0})], Some(0)), "{run}");
    let run = read("left_early", &["boxes"], Api::Whole, None);
    assert_eq!(states(&run).last(), Some(&json!({"partitions": {}})), "{run}");
}

#[test]
fn author_can_hold_the_position() {
    let run = read("held", &["rows"], Api::Whole, None);
    assert_eq!((ids(&run, "rows").len(), run.exit_code), (7, Some(0)), "{run}");
    assert_resumes_after(&run, "rows", Some(&json!({"id": 3})));
}

#[test]
fn release_does_not_forgive_a_failure() {
    let run = read("held_and_released", &["rows"], Api::Gaps, None);
    assert_eq!(run.exit_code, Some(1), "{run}");
    assert!(states(&run).iter().all(|state| state["id"].as_u64() <= Some(3)), "{run}");
    let run = read("held_and_released", &["rows"], Api::Whole, None);
    assert_eq!((states(&run).last(), run.exit_code), (Some(&json!({"id": 7})), Some(0)), "{run}");
}

#[test]
fn full_refresh_held_to_its_end_is_incomplete() {
    let run = read("held", &["table"], Api::Whole, None);
    assert_eq!((states(&run), run.exit_code), (Vec::new(), Some(1)), "{run}");
    assert!(run.errors()[0]["message"].as_str().unwrap().contains("without releasing"), "{run}");
}

#[test]
fn author_can_forgive_a_gap() {
    let run = read("made_up", &["rows"], Api::Gaps, None);
    assert_eq!((ids(&run, "rows"), run.exit_code), (vec![1, 2, 3, 4, 5, 6, 7], Some(0)), "{run}");
    assert_eq!(states(&run).last(), Some(&json!({"id": 7})), "{run}");
}

#[test]
fn gap_in_a_partition_does_not_advance_its_position() {
    let run = read("ignored", &["visits"], Api::Whole, None);
    assert_eq!(states(&run).last(), Some(&json!({"partitions": {"a": {"id": 7}, "b": {"id": 7}}})), "{run}");
    for error in ["converted", "panics", "ignored"] {
        let run = read(error, &["visits"], Api::Gaps, None);
        assert_eq!(run.exit_code, Some(1), "{run}");
        let partitions = json!({"a": {"id": 3}, "b": {"id": 7}});
        assert_eq!(states(&run).last().unwrap()["partitions"], partitions, "{error}: {run}");
        let run = read(error, &["boxes"], Api::Gaps, None);
        assert_eq!(states(&run).last().unwrap()["partitions"], json!({"b": {}}), "{error}: {run}");
    }
}

#[test]
fn partitions_missing_from_a_truncated_list_are_kept() {
    let known = json!({"partitions": {"a": {"id": 7}, "b": {"id": 7}}});
    let run = read("ignored", &["visits"], Api::CutList, Some(&known));
    assert_eq!(run.exit_code, Some(1), "{run}");
    assert!(states(&run).iter().all(|state| *state == known), "{run}");
}

/// After a kill during a long wait or in the next partition, finished work is not read again.
#[test]
fn state_is_sent_before_a_long_wait_and_after_each_partition() {
    let run = read("returned", &["rows"], Api::Limited, None);
    assert_eq!(run.exit_code, Some(0), "{run}");
    let messages = run.messages();
    let index = |found: fn(&Value) -> bool| messages.iter().position(found).unwrap();
    let state = index(|message| message["state"]["stream"]["stream_state"] == json!({"id": 3}));
    let limited = index(|message| message.to_string().contains("RATE_LIMITED"));
    let rest = index(|message| message["record"]["data"]["id"] == 4);
    assert!(state < rest && limited < rest, "{run}");
    assert_eq!(states(&run), [json!({"id": 3}), json!({"id": 7})], "{run}");
    assert_eq!(record_counts(&run), [3.0, 4.0], "{run}");

    let run = read("returned", &["visits"], Api::Whole, None);
    assert_eq!(states(&run)[0], json!({"partitions": {"a": {"id": 7}}, "next": "b"}), "{run}");
    assert_eq!(record_counts(&run)[..2], [7.0, 7.0], "{run}");
}

/// After a panic in a thread, it is not known which partitions the list lacks.
#[test]
fn partitions_are_kept_if_a_listing_thread_panicked() {
    let known = json!({"partitions": {"a": {"id": 7}, "b": {"id": 7}}});
    let run = read("thread_in_list", &["visits"], Api::Whole, Some(&known));
    assert_eq!(run.exit_code, Some(1), "{run}");
    assert_eq!(states(&run).last().unwrap()["partitions"]["b"], json!({"id": 7}), "{run}");
}

/// A failure of a client that partitions kept from their list may concern any of them.
#[test]
fn client_of_the_list_holds_the_partitions_that_use_it() {
    for (stream, expected) in [("visits", json!({"id": 3})), ("boxes", json!(null))] {
        let run = read("kept_client", &[stream], Api::Gaps, None);
        assert_eq!(run.exit_code, Some(1), "{run}");
        assert_eq!(states(&run).pop().unwrap()["partitions"]["a"], expected, "{run}");
    }
    let run = read("kept_client", &["boxes"], Api::Whole, None);
    assert_eq!(run.exit_code, Some(0), "{run}");
    assert_eq!(states(&run).pop().unwrap(), json!({"partitions": {"a": {}, "b": {}}}), "{run}");
}

/// No stream reports this wait.
#[test]
fn client_of_an_ended_stream_may_wait_for_a_rate_limit() {
    let run = read("kept_client", &["rows", "after"], Api::Limited, None);
    assert_eq!(run.exit_code, Some(0), "{run}");
    assert_eq!(ids(&run, "after"), [1, 2, 3, 4, 5, 6, 7]);
    assert_eq!(run.statuses("after"), ["STARTED", "RUNNING", "COMPLETE"], "{run}");
}

/// The reader is slow, so the final messages are not yet written when the fetch function exits.
#[cfg(unix)]
#[test]
fn exit_after_a_signal_waits_for_the_final_messages() {
    use std::os::unix::process::ExitStatusExt;

    let connector = Connector::new(env!("CARGO_BIN_EXE_gaps"));
    let config = json!({"url": "http://127.0.0.1:9"});
    let catalog = catalog(&connector, &config, &["endless"]);
    let mut child = connector.read_command(&config, &catalog, None).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    assert!(lines.any(|line| line.contains("RECORD")));
    // Until the pipe is full; the result does not depend on this time.
    std::thread::sleep(std::time::Duration::from_millis(200));
    assert!(Command::new("kill").arg(child.id().to_string()).status().unwrap().success());
    std::thread::sleep(std::time::Duration::from_millis(200));
    let last = lines.last().unwrap();
    assert_eq!(child.wait().unwrap().signal(), Some(15));
    assert!(last.contains("INCOMPLETE"), "{last}");
}

#[cfg(unix)]
#[test]
fn signal_within_a_page_keeps_the_position_before_it() {
    use std::os::unix::process::ExitStatusExt;

    let connector = Connector::new(env!("CARGO_BIN_EXE_gaps"));
    let server = serve(Api::Stalls);
    let config = json!({"url": server.url()});
    let catalog = catalog(&connector, &config, &["rows"]);
    let mut child = connector.read_command(&config, &catalog, None).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    assert!(lines.any(|line| line.contains(r#"{"id":5}"#)));
    assert!(Command::new("kill").arg(child.id().to_string()).status().unwrap().success());
    let rest: Vec<Value> = lines.map(|line| serde_json::from_str(&line).unwrap()).collect();
    assert_eq!(rest[0]["state"]["stream"]["stream_state"], json!({"id": 3}), "{rest:?}");
    assert_eq!(rest[0]["state"]["sourceStats"]["recordCount"], json!(5.0));
    assert_eq!(child.wait().unwrap().signal(), Some(15));
}

#[test]
fn panic_in_another_thread_fails_the_run_without_naming_a_stream() {
    let run = read("thread", &["rows", "after"], Api::Whole, None);
    assert_eq!(run.exit_code, Some(1), "{run}");
    assert_eq!(run.statuses("rows").last().unwrap(), "INCOMPLETE", "{run}");
    assert_eq!(run.statuses("after").last().unwrap(), "COMPLETE", "{run}");
    let errors = run.errors();
    assert_eq!(errors.len(), 1, "{run}");
    assert!(errors[0].get("stream_descriptor").is_none(), "{run}");
    assert!(errors[0]["internal_message"].as_str().unwrap().ends_with("no more rows"), "{run}");
    // No state covers what was emitted after the panic.
    assert!(states(&run).iter().all(|state| state["id"].as_u64() <= Some(2)), "{run}");
    let run = read("thread", &["rows"], Api::Whole, None);
    assert_eq!(run.exit_code, Some(1), "{run}");
}

#[test]
fn panic_in_a_thread_that_outlives_its_stream_fails_the_run() {
    let run = read("late_thread", &["rows", "after"], Api::Whole, None);
    assert_eq!(run.exit_code, Some(1), "{run}");
    assert_eq!(run.statuses("rows").last().unwrap(), "COMPLETE", "{run}");
    // It is not known for which stream the thread worked.
    assert_eq!(run.statuses("after").last().unwrap(), "INCOMPLETE", "{run}");
    assert!(run.errors()[0].get("stream_descriptor").is_none(), "{run}");
}

#[test]
fn exit_in_a_fetch_function_is_an_incomplete_read() {
    let run = read("exit", &["rows", "after"], Api::Whole, None);
    assert_eq!(run.exit_code, Some(1), "{run}");
    assert!(run.errors()[0]["message"].as_str().unwrap().contains("`std::process::exit`"), "{run}");
    assert_eq!(run.statuses("rows").last().unwrap(), "INCOMPLETE", "{run}");
    // The page was read only in part.
    assert_eq!(states(&run), [] as [Value; 0], "{run}");
}
