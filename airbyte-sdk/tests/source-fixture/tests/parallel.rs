//! Partitions and streams that are read at the same time, by a whole process from a server that counts the requests in flight.
#![allow(clippy::unwrap_used, reason = "a test may panic in its helpers too")]

use renamed_sdk::testing::server::{Gate, Response};
use renamed_sdk::testing::{Connector, Run, Server};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

/// Counts the requests in flight.
#[derive(Default)]
struct Traffic {
    counts: Mutex<Counts>,
    changed: Condvar,
}

#[derive(Default)]
struct Counts {
    in_flight: usize,
    most: usize,
}

impl Traffic {
    /// Responds once this many requests have been in flight at the same time.
    fn respond(&self, together: usize, response: Response) -> Response {
        let mut counts = self.counts.lock().unwrap();
        counts.in_flight += 1;
        counts.most = counts.most.max(counts.in_flight);
        self.changed.notify_all();
        // Only a failing test waits so long.
        let wait = Duration::from_secs(20);
        let (mut counts, timed_out) =
            self.changed.wait_timeout_while(counts, wait, |counts| counts.most < together).unwrap();
        counts.in_flight -= 1;
        if timed_out.timed_out() { Response::new(400) } else { response }
    }

    fn most(&self) -> usize {
        self.counts.lock().unwrap().most
    }
}

/// Starts a server that responds once `together` requests have been in flight.
fn serve(together: usize) -> (Server, Arc<Traffic>) {
    let (server, traffic) = (Server::start(), Arc::<Traffic>::default());
    let counting = Arc::clone(&traffic);
    server
        .on("*")
        .respond_with(move |_| counting.respond(together, Response::json(json!([{"id": 1}, {"id": 2}]))));
    (server, traffic)
}

fn connector() -> Connector {
    Connector::new(env!("CARGO_BIN_EXE_parallel"))
}

fn catalog(connector: &Connector, config: &Value, streams: &[&str]) -> Value {
    let mut catalog = connector.discover(config).configured("incremental");
    let all = std::mem::take(catalog["streams"].as_array_mut().unwrap());
    let named = |name: &&str| all.iter().find(|entry| entry["stream"]["name"] == **name).unwrap().clone();
    catalog["streams"] = streams.iter().map(named).collect();
    catalog
}

fn read(config: &Value, streams: &[&str], state: Option<&Value>) -> Run {
    let connector = connector();
    let catalog = catalog(&connector, config, streams);
    connector.read(config, &catalog, state)
}

/// Asserts that each state covers only records that precede it, and counts those since the previous one.
fn assert_states_are_legal(run: &Run, stream: &str) {
    let (mut seen, mut since_state, mut states) = (Vec::new(), 0.0, 0);
    for message in run.messages() {
        if message["record"]["stream"] == stream {
            let data = &message["record"]["data"];
            seen.push((data["shop"].as_str().unwrap().to_owned(), data["id"].as_u64().unwrap()));
            since_state += 1.0;
        }
        let state = &message["state"]["stream"];
        if state["stream_descriptor"]["name"] == stream {
            states += 1;
            assert_eq!(message["state"]["sourceStats"]["recordCount"], json!(since_state), "{run}");
            since_state = 0.0;
            for (shop, position) in state["stream_state"]["partitions"].as_object().unwrap() {
                let record = (shop.clone(), position["id"].as_u64().unwrap());
                assert!(seen.contains(&record), "{record:?} is not before the state: {run}");
            }
        }
    }
    assert!(states > 0, "{run}");
}

const SHOPS: [&str; 6] = ["a", "b", "c", "d", "e", "f"];

#[test]
fn four_partitions_are_read_at_the_same_time() {
    let (server, traffic) = serve(4);
    let run = read(&json!({"url": server.url(), "shops": SHOPS}), &["visits"], None);
    assert_eq!(run.exit_code, Some(0), "{run}");
    assert_eq!(traffic.most(), 4);
    assert_eq!(run.records("visits").len(), 12, "{run}");
    assert_eq!(run.statuses("visits"), ["STARTED", "RUNNING", "COMPLETE"], "{run}");
    assert_states_are_legal(&run, "visits");
    let reached: serde_json::Map<_, _> =
        SHOPS.iter().map(|shop| ((*shop).to_owned(), json!({"id": 2}))).collect();
    assert_eq!(run.final_state()[0]["stream"]["stream_state"], json!({"partitions": reached}), "{run}");
}

#[test]
fn streams_are_read_at_the_same_time() {
    let (server, traffic) = serve(3);
    let run = read(&json!({"url": server.url(), "workers": 3}), &["staff", "offers", "reports"], None);
    assert_eq!(run.exit_code, Some(0), "{run}");
    assert_eq!(traffic.most(), 3);
    for stream in ["staff", "offers", "reports"] {
        assert_eq!(run.records(stream).len(), 2, "{run}");
        assert_eq!(run.statuses(stream), ["STARTED", "RUNNING", "COMPLETE"], "{run}");
    }
}

#[test]
fn single_worker_reads_in_the_order_of_the_catalog() {
    let (server, traffic) = serve(1);
    for workers in [0, 1] {
        let config = json!({"url": server.url(), "workers": workers, "shops": SHOPS});
        let run = read(&config, &["offers", "visits", "staff"], None);
        assert_eq!(run.exit_code, Some(0), "{run}");
        assert_eq!(traffic.most(), 1);
        let requests: Vec<String> =
            server.requests().iter().map(|request| request.path().to_owned()).collect();
        let visits = SHOPS.map(|shop| format!("/visits/{shop}"));
        let expected = [&["/offers".to_owned()], &visits[..], &["/staff".to_owned()]].concat();
        assert_eq!(requests[requests.len() - 8..], expected);
    }
}

#[test]
fn environment_overrides_the_number() {
    let (server, traffic) = serve(1);
    let (connector, config) = (connector(), json!({"url": server.url(), "shops": SHOPS}));
    let catalog = catalog(&connector, &config, &["visits"]);
    let read = |count: &str| {
        let mut command = connector.read_command(&config, &catalog, None);
        command.env("AIRBYTE_SDK_CONCURRENCY", count).output().unwrap()
    };
    assert!(read("1").status.success());
    assert_eq!(traffic.most(), 1);
    let output = String::from_utf8(read("many").stdout).unwrap();
    assert!(output.contains("environment variable AIRBYTE_SDK_CONCURRENCY is not a number"), "{output}");
}

#[test]
fn streams_of_a_group_and_their_partitions_are_read_one_at_a_time() {
    // A third request can only be in flight if another stream is read in the meantime.
    let (server, traffic) = serve(2);
    let config = json!({"url": server.url(), "shops": SHOPS});
    let run = read(&config, &["exports", "reports", "offers"], None);
    assert_eq!(run.exit_code, Some(0), "{run}");
    assert_eq!(traffic.most(), 2);
    assert_eq!((run.records("exports").len(), run.records("reports").len()), (12, 2), "{run}");
    let paths: Vec<String> = server.requests().iter().map(|request| request.path().to_owned()).collect();
    let in_group: Vec<&String> = paths.iter().filter(|path| *path != "/offers").collect();
    assert_eq!((in_group[0].as_str(), in_group[6].as_str()), ("/exports/a", "/reports"));
}

/// A state names the first partition that has not ended; the next read begins with it alone.
#[test]
fn interrupted_read_begins_with_its_next_partition_alone() {
    let (server, traffic) = serve(1);
    let state = json!([{"type": "STREAM", "stream": {"stream_descriptor": {"name": "visits"},
        "stream_state": {"partitions": {"c": {"id": 1}}, "next": "c"}}}]);
    let (reached, counted) = (Gate::new(), Arc::clone(&traffic));
    let gate = reached.clone();
    server.on("GET /visits/c").respond(Response::json(json!([{"id": 2}])).wait_for(&gate));
    let url = server.url().to_owned();
    let reading =
        std::thread::spawn(move || read(&json!({"url": url, "shops": SHOPS}), &["visits"], Some(&state)));
    reached.wait_until_reached();
    assert_eq!(counted.most(), 0, "another partition is read");
    reached.open();
    let run = reading.join().unwrap();
    assert_eq!(run.exit_code, Some(0), "{run}");
    assert_eq!(server.requests()[0].target(), "/visits/c?since=1");
    assert_states_are_legal(&run, "visits");
}

#[test]
fn three_failures_in_a_row_end_the_stream() {
    let server = Server::start();
    server.on("*").status(400);
    let shops: Vec<String> = (0..50).map(|shop| shop.to_string()).collect();
    let run = read(&json!({"url": server.url(), "shops": shops}), &["visits"], None);
    assert_eq!(run.exit_code, Some(1), "{run}");
    // Three, and those that were being read.
    assert!((3..=6).contains(&server.requests().len()), "{}", server.requests().len());
    assert_eq!(run.statuses("visits").last().unwrap(), "INCOMPLETE", "{run}");
}

#[test]
fn panic_of_a_partition_fails_it_alone() {
    let (server, _) = serve(1);
    let run = read(&json!({"url": server.url(), "shops": ["a", "panic", "b"]}), &["visits", "offers"], None);
    assert_eq!(run.exit_code, Some(1), "{run}");
    assert_eq!((run.records("visits").len(), run.records("offers").len()), (4, 2), "{run}");
    assert_eq!(run.statuses("visits").last().unwrap(), "INCOMPLETE", "{run}");
    assert_eq!(run.statuses("offers").last().unwrap(), "COMPLETE", "{run}");
    assert_eq!(run.errors().len(), 1, "{run}");
}

/// On any thread, not only on the main one.
#[test]
fn exit_in_a_fetch_function_is_an_incomplete_read() {
    let server = Server::start();
    server.on("*").respond(Response::silence());
    for place in 0..4 {
        let mut shops = vec!["a", "b", "c"];
        shops.insert(place, "exit");
        let run = read(&json!({"url": server.url(), "shops": shops}), &["visits"], None);
        assert_eq!(run.exit_code, Some(1), "{run}");
        assert!(run.errors()[0]["message"].as_str().unwrap().contains("`std::process::exit`"), "{run}");
        assert_eq!(run.statuses("visits").last().unwrap(), "INCOMPLETE", "{run}");
    }
}

/// Starts a read in which `a` has sent its records, and `b` never gets a response.
#[cfg(unix)]
fn start_half(server: &Server) -> (std::process::Child, BufReader<std::process::ChildStdout>) {
    server.on("GET /visits/a").json(json!([{"id": 1}, {"id": 2}]));
    server.on("*").respond(Response::silence());
    let (connector, config) = (connector(), json!({"url": server.url()}));
    let catalog = catalog(&connector, &config, &["visits"]);
    let mut child = connector.read_command(&config, &catalog, None).stdout(Stdio::piped()).spawn().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let (mut records, mut line) = (0, String::new());
    while records < 2 {
        line.clear();
        assert!(stdout.read_line(&mut line).unwrap() > 0);
        records += usize::from(line.contains(r#""RECORD""#));
    }
    server.wait_for_requests(2);
    (child, stdout)
}

#[cfg(unix)]
#[test]
fn signal_keeps_what_each_partition_has_reached() {
    use std::os::unix::process::ExitStatusExt;

    let server = Server::start();
    let (mut child, stdout) = start_half(&server);
    assert!(Command::new("kill").arg(child.id().to_string()).status().unwrap().success());
    let rest: Vec<Value> = stdout.lines().map(|line| serde_json::from_str(&line.unwrap()).unwrap()).collect();
    let states: Vec<&Value> =
        rest.iter().map(|message| &message["state"]).filter(|state| !state.is_null()).collect();
    let expected = json!({"partitions": {"a": {"id": 2}}, "next": "b"});
    assert_eq!(states.last().unwrap()["stream"]["stream_state"], expected, "{rest:?}");
    assert_eq!(rest.last().unwrap()["trace"]["stream_status"]["status"], "INCOMPLETE", "{rest:?}");
    assert_eq!(child.wait().unwrap().signal(), Some(15));
}

/// The thread that waits for a response does not keep the process alive.
#[cfg(unix)]
#[test]
fn closed_stdout_ends_the_run_while_other_partitions_wait() {
    let server = Server::start();
    let (more, gate) = (Gate::new(), Gate::new());
    let rows: Vec<Value> = (0..9).map(|id| json!({"id": id})).collect();
    server.on("GET /visits/c").respond(Response::json(json!(rows)).wait_for(&more));
    server.on("*").respond(Response::json(json!([])).wait_for(&gate));
    let (connector, config) = (connector(), json!({"url": server.url(), "shops": ["a", "b", "c"]}));
    let catalog = catalog(&connector, &config, &["visits"]);
    let mut child = connector.read_command(&config, &catalog, None).stdout(Stdio::piped()).spawn().unwrap();
    server.wait_for_requests(3);
    drop(child.stdout.take());
    more.open();
    assert_eq!(child.wait().unwrap().code(), Some(1));
    gate.open();
}

/// Nothing happens in the stream until the limit is over.
#[cfg(unix)]
#[test]
fn rate_limit_is_reported_when_the_last_other_partition_ends() {
    let (server, gate) = (Server::start(), Gate::new());
    server.on("GET /visits/a").respond(Response::new(429).header("retry-after", "60"));
    server.on("GET /visits/b").respond(Response::json(json!([])).wait_for(&gate));
    let (connector, config) = (connector(), json!({"url": server.url()}));
    let catalog = catalog(&connector, &config, &["visits"]);
    let mut child = connector.read_command(&config, &catalog, None).stdout(Stdio::piped()).spawn().unwrap();
    server.wait_for_requests(2);
    let stdout = BufReader::new(child.stdout.take().unwrap());
    let mut is_waiting = false;
    for line in stdout.lines() {
        let line = line.unwrap();
        if line.contains("retrying in") {
            is_waiting = true;
            gate.open();
        } else if line.contains("RATE_LIMITED") {
            assert!(is_waiting, "the other partition is being read: {line}");
            break;
        }
    }
    child.kill().unwrap();
    child.wait().unwrap();
}
