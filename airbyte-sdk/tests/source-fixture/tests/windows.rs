//! Streams that are read in windows, with a checkpoint at the end of each.
#![allow(clippy::unwrap_used, reason = "a test may panic in its helpers too")]

use renamed_sdk::testing::server::{Gate, Request, Response};
use renamed_sdk::testing::{Connector, Run, Server};
use serde_json::{Value, json};

fn rows(field: &str, values: &[&str]) -> String {
    json!({"rows": values.iter().map(|value| json!({field: value})).collect::<Vec<_>>()}).to_string()
}

/// One sale in each window of `a` and `c`. The window of `c` from 2024-05-03 is served by `second`.
fn serve(second: impl Fn() -> Response + Send + Sync + 'static) -> Server {
    let server = Server::start();
    server.on("GET /shops").json(json!(["a", "b", "c"]));
    server.on("GET /shops/b").text(rows("day", &[]));
    server.on("GET /shops/*").respond_with(move |request: &Request| {
        let [from, to] = ["from", "to"].map(|name| request.query(name).unwrap());
        let is_second = request.path() == "/shops/c" && from == "2024-05-03";
        if is_second { second() } else { Response::text(rows("day", &[&to])) }
    });
    server
}

/// Two events in each window, in descending order. The window from 2024-05-03 is served by `second`.
fn serve_events(second: impl Fn() -> Response + Send + Sync + 'static) -> Server {
    let server = Server::start();
    server.on("GET /events").respond_with(move |request: &Request| {
        let day = request.query("from").unwrap();
        if day.starts_with("2024-05-03") {
            return second();
        }
        let day = &day[..10];
        Response::text(rows("time", &[&format!("{day}T23:00:00Z"), &format!("{day}T00:00:00Z")]))
    });
    server
}

fn config(server: &Server) -> Value {
    json!({"url": server.url(), "start_date": "2024-05-01", "end_date": "2024-05-06"})
}

fn catalog(connector: &Connector, config: &Value, stream: &str) -> Value {
    let mut catalog = connector.discover(config).configured("incremental");
    catalog["streams"].as_array_mut().unwrap().retain(|entry| entry["stream"]["name"] == stream);
    catalog
}

fn connector() -> Connector {
    Connector::new(env!("CARGO_BIN_EXE_windowed")).skip_waits()
}

fn read(config: &Value, stream: &str, state: Option<Value>) -> Run {
    let connector = connector();
    let state = state.map(|state| {
        json!([{"type": "STREAM", "stream": {"stream_descriptor": {"name": stream}, "stream_state": state}}])
    });
    connector.read(config, &catalog(&connector, config, stream), state.as_ref())
}

fn last_state(run: &Run) -> Value {
    run.final_state()[0]["stream"]["stream_state"].clone()
}

/// Returns the starts of the windows that were requested.
fn requested(server: &Server) -> Vec<String> {
    server.requests().iter().filter_map(|request| request.query("from")).collect()
}

fn event_page() -> Response {
    Response::text(rows("time", &["2024-05-04T12:00:00Z", "2024-05-03T12:00:00Z"]))
}

#[test]
fn read_resumes_at_the_end_of_the_last_window() {
    let server = serve_events(event_page);
    let run = read(&config(&server), "events", None);
    assert_eq!((run.exit_code, run.records("events").len()), (Some(0), 6), "{run}");
    // The last window ends there, and no record is that late.
    let state = json!({"time": "2024-05-07T00:00:00Z"});
    assert_eq!(last_state(&run), state, "{run}");
    assert_eq!(requested(&server), ["2024-05-01T00:00:00Z", "2024-05-03T00:00:00Z", "2024-05-05T00:00:00Z"]);
    let server = serve_events(event_page);
    let run = read(&config(&server), "events", Some(state.clone()));
    assert_eq!(
        (run.exit_code, last_state(&run), requested(&server).len()),
        (Some(0), state.clone(), 0),
        "{run}"
    );
    let mut again = config(&server);
    again["lookback"] = json!(3);
    let run = read(&again, "events", Some(state.clone()));
    assert_eq!((run.exit_code, last_state(&run)), (Some(0), state), "{run}");
    assert_eq!(requested(&server), ["2024-05-04T00:00:00Z", "2024-05-06T00:00:00Z"]);
}

#[test]
fn read_that_fails_in_a_window_resumes_at_its_start() {
    for (ignores_errors, is_cut) in [(false, true), (true, true), (true, false)] {
        let server = serve_events(move || {
            let body = rows("time", &["2024-05-04T12:00:00Z"]);
            let sent = body.len() - 2;
            if is_cut { Response::text(body).cut_after(sent) } else { Response::new(403) }
        });
        let mut config = config(&server);
        config["ignores_errors"] = json!(ignores_errors);
        let run = read(&config, "events", None);
        assert_eq!(run.exit_code, Some(1), "{run}");
        assert_eq!(run.statuses("events").last().unwrap(), "INCOMPLETE", "{run}");
        // Even if later windows were read.
        assert_eq!(requested(&server).len(), if ignores_errors { 3 } else { 2 });
        assert_eq!(last_state(&run), json!({"time": "2024-05-03T00:00:00Z"}), "{run}");
        let server = serve_events(event_page);
        config["url"] = json!(server.url());
        let run = read(&config, "events", Some(last_state(&run)));
        assert_eq!((run.exit_code, run.records("events").len()), (Some(0), 4), "{run}");
        assert_eq!(requested(&server), ["2024-05-03T00:00:00Z", "2024-05-05T00:00:00Z"]);
    }
}

/// The second of five windows ends last: its response waits until the others were requested.
#[test]
fn windows_are_read_at_the_same_time() {
    for succeeds in [true, false] {
        let gate = Gate::new();
        let second = gate.clone();
        let server = std::sync::Arc::new(serve_events(move || {
            let response = if succeeds { event_page() } else { Response::new(400) };
            response.wait_for(&second)
        }));
        let mut config = config(&server);
        config["end_date"] = json!("2024-05-10");
        let opener = std::thread::spawn({
            let server = std::sync::Arc::clone(&server);
            move || {
                let waited =
                    std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| server.wait_for_requests(5)));
                gate.open();
                waited.is_ok()
            }
        });
        let run = read(&config, "visits", None);
        assert!(opener.join().unwrap(), "the others were not requested: {run}");
        assert_eq!(run.exit_code, Some(i32::from(!succeeds)), "{run}");
        let mut requested = requested(&server);
        assert_eq!(requested[0], "2024-05-01T00:00:00Z", "the first window is read alone");
        requested.sort();
        let days = ["01", "03", "05", "07", "09"].map(|day| format!("2024-05-{day}T00:00:00Z"));
        assert_eq!(requested, days);
        // What the later windows sent is read again if the second one fails.
        let end = if succeeds { "2024-05-11T00:00:00Z" } else { "2024-05-03T00:00:00Z" };
        assert_eq!(last_state(&run), json!({"time": end}), "{run}");
        assert_eq!(run.records("visits").len(), if succeeds { 10 } else { 8 }, "{run}");
    }
}

#[cfg(unix)]
#[test]
fn signal_in_a_window_keeps_the_position_at_its_start() {
    use std::io::{BufRead, BufReader};
    use std::os::unix::process::ExitStatusExt;
    use std::process::{Command, Stdio};

    let server = serve_events(|| {
        let body = rows("time", &["2024-05-04T12:00:00Z", "2024-05-03T12:00:00Z"]);
        let sent = body.find("},").unwrap() + 2;
        Response::text(body).stall_after(sent)
    });
    let (connector, config) = (connector(), config(&server));
    let catalog = catalog(&connector, &config, "events");
    let mut child = connector.read_command(&config, &catalog, None).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    assert!(lines.any(|line| line.contains("2024-05-04T12")));
    assert!(Command::new("kill").arg(child.id().to_string()).status().unwrap().success());
    let rest: Vec<Value> = lines.map(|line| serde_json::from_str(&line).unwrap()).collect();
    assert_eq!(
        rest[0]["state"]["stream"]["stream_state"],
        json!({"time": "2024-05-03T00:00:00Z"}),
        "{rest:?}"
    );
    assert_eq!(rest[0]["state"]["sourceStats"]["recordCount"], json!(3.0));
    assert_eq!(child.wait().unwrap().signal(), Some(15));
}

#[cfg(unix)]
#[test]
fn signal_after_empty_windows_sends_their_position() {
    use std::os::unix::process::ExitStatusExt;
    use std::process::{Command, Stdio};

    let server = Server::start();
    server.on("GET /events").respond_with(|request: &Request| {
        match request.query("from").unwrap().as_str() {
            "2024-05-05T00:00:00Z" => Response::silence(),
            _ => Response::text(rows("time", &[])),
        }
    });
    let (connector, config) = (connector(), config(&server));
    let catalog = catalog(&connector, &config, "events");
    let child = connector.read_command(&config, &catalog, None).stdout(Stdio::piped()).spawn().unwrap();
    server.wait_for_requests(3);
    assert!(Command::new("kill").arg(child.id().to_string()).status().unwrap().success());
    let ended = child.wait_with_output().unwrap();
    assert_eq!(ended.status.signal(), Some(15));
    let stdout = String::from_utf8(ended.stdout).unwrap();
    let messages = stdout.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let states: Vec<Value> = messages.filter(|message| message["type"] == "STATE").collect();
    assert_eq!(
        states[0]["state"]["stream"]["stream_state"],
        json!({"time": "2024-05-05T00:00:00Z"}),
        "{stdout}"
    );
    assert_eq!(states.len(), 1, "{stdout}");
}

#[test]
fn partition_without_records_gets_a_position() {
    let server = serve(|| Response::text(rows("day", &["2024-05-04", "2024-05-03"])));
    let mut failing = config(&server);
    failing["rejected_day"] = json!("2024-05-03");
    let run = read(&failing, "sales", None);
    assert_eq!((run.exit_code, run.records("sales").len()), (Some(1), 5), "{run}");
    // `a` has been read, `b` has no records, and `c` has failed in its second window.
    let partitions =
        json!({"a": {"day": "2024-05-07"}, "b": {"day": "2024-05-07"}, "c": {"day": "2024-05-03"}});
    assert_eq!(last_state(&run)["partitions"], partitions, "{run}");
    let server = serve(|| Response::text(rows("day", &["2024-05-04"])));
    let run = read(&config(&server), "sales", Some(last_state(&run)));
    assert_eq!(run.exit_code, Some(0), "{run}");
    assert_eq!(requested(&server), ["2024-05-03", "2024-05-05"], "{run}");
}

#[test]
fn empty_window_counts_although_the_only_partition_fails() {
    let server = Server::start();
    server.on("GET /shops").json(json!(["a"]));
    server.on("GET /shops/a").respond_in_order([Response::text(rows("day", &[])), Response::new(403)]);
    let run = read(&config(&server), "sales", None);
    assert_eq!((run.exit_code, run.records("sales").len()), (Some(1), 0), "{run}");
    assert_eq!(last_state(&run), json!({"partitions": {"a": {"day": "2024-05-03"}}}), "{run}");
}

/// Its partitions are finished or not; a position would be taken for that of an incremental stream.
#[test]
fn checkpoint_in_a_full_refresh_of_partitions_has_no_effect() {
    let server = Server::start();
    server.on("GET /shops").json(json!(["a"]));
    server.on("GET /shops/a").text(rows("day", &["2024-05-01", "2024-05-02"]));
    let mut config = config(&server);
    config["rejected_day"] = json!("2024-05-02");
    let run = read(&config, "stock", None);
    assert_eq!((run.exit_code, run.records("stock").len()), (Some(1), 1), "{run}");
    assert!(
        run.states().iter().all(|state| state["stream"]["stream_state"]["partitions"] == json!({})),
        "{run}"
    );
}

#[test]
fn check_requests_only_the_newest_window() {
    let server = Server::start();
    server.on("GET /events").text(rows("time", &[]));
    server.on("GET /shops").json(json!([]));
    let run = connector().check(&config(&server));
    assert_eq!(run.exit_code, Some(0), "{run}");
    // Of the loop, and of the windows that are read at the same time.
    assert_eq!(requested(&server), ["2024-05-05T00:00:00Z"; 2], "{run}");
}

#[test]
fn step_of_zero_is_an_error() {
    let server = serve_events(event_page);
    let mut config = config(&server);
    config["days_per_window"] = json!(0);
    let run = read(&config, "events", None);
    assert_eq!(run.errors()[0]["message"], "The step of windows must be positive; it is 0s", "{run}");
    assert_eq!((run.exit_code, run.states().len(), requested(&server).len()), (Some(1), 0, 0), "{run}");
}
