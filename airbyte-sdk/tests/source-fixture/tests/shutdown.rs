//! Runs that are ended from outside: by a signal, a kill, a closed or slow stdout, or a deadline.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test may panic in its helpers too")]

use renamed_sdk::testing::Connector;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, ChildStdout, Command, Stdio};

fn connector() -> Connector {
    Connector::new(env!("CARGO_BIN_EXE_source-fixture"))
}

/// Starts to read one stream.
fn start(
    connector: &Connector,
    config: &Value,
    stream: &str,
    state: Option<&Value>,
) -> (Child, BufReader<ChildStdout>) {
    let mut catalog = connector.discover(config).configured("incremental");
    catalog["streams"].as_array_mut().unwrap().retain(|entry| entry["stream"]["name"] == stream);
    let mut command = connector.read_command(config, &catalog, state);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let stdout = BufReader::new(child.stdout.take().unwrap());
    (child, stdout)
}

fn next(stdout: &mut BufReader<ChildStdout>) -> Value {
    let mut line = String::new();
    stdout.read_line(&mut line).unwrap();
    serde_json::from_str(&line).unwrap_or_default()
}

fn signal(child: &Child, name: &str) {
    assert!(Command::new("kill").args([name, &child.id().to_string()]).status().unwrap().success());
}

#[test]
fn signal_during_a_wait_ends_the_run_at_once() {
    for (name, number) in [("-TERM", 15), ("-INT", 2)] {
        let connector = connector();
        let (mut child, mut stdout) = start(&connector, &json!({"count": 3}), "silent", None);
        // The records are written although none follow.
        let mut records = 0;
        while records < 3 {
            records += u32::from(next(&mut stdout)["type"] == "RECORD");
        }
        signal(&child, name);
        let rest: Vec<Value> =
            stdout.lines().map(|line| serde_json::from_str(&line.unwrap()).unwrap()).collect();
        assert_eq!(child.wait().unwrap().signal(), Some(number));
        assert_eq!(rest.len(), 2, "{rest:?}");
        let state = &rest[0]["state"];
        assert_eq!(state["stream"]["stream_state"], json!({"number": 20}));
        assert_eq!(state["sourceStats"]["recordCount"], json!(3.0));
        assert_eq!(rest[1]["trace"]["stream_status"]["status"], "INCOMPLETE");
        let mut stderr = String::new();
        child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
        assert!(stderr.is_empty(), "{stderr}");
    }
}

#[test]
fn signal_before_any_record_sends_no_state() {
    let connector = connector();
    let (mut child, mut stdout) = start(&connector, &json!({"count": 0}), "silent", None);
    assert_eq!(next(&mut stdout)["trace"]["stream_status"]["status"], "STARTED");
    signal(&child, "-TERM");
    let rest: Vec<String> = stdout.lines().map(Result::unwrap).collect();
    assert_eq!(child.wait().unwrap().signal(), Some(15));
    assert!(rest.iter().all(|line| !line.contains("STATE\"")), "{rest:?}");
    assert!(rest.last().unwrap().contains("INCOMPLETE"), "{rest:?}");
}

/// The records before the last state and those of a read resumed from it are all records.
#[test]
fn kill_at_any_time_loses_no_record() {
    let config = json!({"count": 60_000, "ties": 7});
    let mut interrupted = 0;
    for lines in [1, 3_000, 10_001, 10_020, 23_000, 59_000] {
        let connector = connector();
        let (mut child, stdout) = start(&connector, &config, "numbers", None);
        let mut seen: Vec<Value> = Vec::new();
        let mut covered = Vec::new();
        let mut state = None;
        for (count, line) in stdout.lines().map_while(Result::ok).enumerate() {
            if count == lines {
                child.kill().unwrap();
            }
            // The platform drops a truncated line, too.
            let Ok(message) = serde_json::from_str::<Value>(&line) else { continue };
            if message["type"] == "RECORD" {
                seen.push(message["record"]["data"]["id"].clone());
            } else if message["type"] == "STATE" {
                covered.append(&mut seen);
                state = Some(message["state"].clone());
            }
        }
        interrupted += u32::from(child.wait().unwrap().signal() == Some(9));
        let state = state.map(|state| json!([state]));
        let (mut child, stdout) = start(&connector, &config, "numbers", state.as_ref());
        let messages = stdout.lines().map(|line| serde_json::from_str::<Value>(&line.unwrap()).unwrap());
        covered.extend(
            messages
                .filter(|message| message["type"] == "RECORD")
                .map(|mut message| message["record"]["data"]["id"].take()),
        );
        assert!(child.wait().unwrap().success());
        let mut ids: Vec<u64> = covered.iter().filter_map(Value::as_u64).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), 60_000, "killed after {lines} lines");
    }
    assert!(interrupted >= 4, "only {interrupted} of 6 runs were killed in time");
}

/// A terminal, or another process that shares it, may leave stdout in non-blocking mode.
#[test]
fn non_blocking_stdout_is_not_taken_for_closed() {
    use std::os::fd::OwnedFd;
    use std::os::unix::net::UnixStream;

    let connector = connector();
    let config = json!({"count": 60_000});
    let mut catalog = connector.discover(&config).configured("incremental");
    catalog["streams"].as_array_mut().unwrap().retain(|entry| entry["stream"]["name"] == "numbers");
    let (reader, writer) = UnixStream::pair().unwrap();
    writer.set_nonblocking(true).unwrap();
    let mut command = connector.read_command(&config, &catalog, None);
    let mut child = command.stdout(OwnedFd::from(writer)).spawn().unwrap();
    drop(command);
    // Until the buffer is full; the result does not depend on this time.
    std::thread::sleep(std::time::Duration::from_millis(300));
    let lines: Vec<String> = BufReader::new(reader).lines().map(Result::unwrap).collect();
    assert!(child.wait().unwrap().success());
    assert_eq!(lines.iter().filter(|line| line.contains("RECORD")).count(), 60_000);
    assert!(lines.last().unwrap().contains("COMPLETE"));
}

/// The platform waits at least 10 s between SIGTERM and SIGKILL.
#[test]
fn slow_reader_gets_the_final_messages_in_whole_lines() {
    let connector = connector();
    let (mut child, mut stdout) = start(&connector, &json!({"count": 200_000}), "numbers", None);
    assert_eq!(next(&mut stdout)["trace"]["stream_status"]["status"], "STARTED");
    // Until the pipe is full, in the middle of a line; the result does not depend on this time.
    std::thread::sleep(std::time::Duration::from_millis(300));
    signal(&child, "-TERM");
    std::thread::sleep(std::time::Duration::from_millis(1_500));
    let rest: Vec<Value> = stdout.lines().map(|line| serde_json::from_str(&line.unwrap()).unwrap()).collect();
    assert_eq!(child.wait().unwrap().signal(), Some(15));
    let [.., state, status] = &rest[..] else { panic!("{rest:?}") };
    assert_eq!(status["trace"]["stream_status"]["status"], "INCOMPLETE");
    let last = rest.iter().rfind(|message| message["type"] == "RECORD").unwrap();
    assert_eq!(state["state"]["stream"]["stream_state"]["number"], last["record"]["data"]["number"]);
    let counts = rest.iter().filter_map(|message| message["state"]["sourceStats"]["recordCount"].as_f64());
    let records = rest.iter().filter(|message| message["type"] == "RECORD").count();
    assert_eq!(counts.sum::<f64>() as usize, records);
    // The run ended before all records were read.
    assert!(records < 200_000);
}

/// The command has ended, and its message waits for a reader that is stuck.
#[test]
fn signal_after_the_end_of_the_command_does_not_wait_for_a_stuck_reader() {
    use std::io::{ErrorKind, Write};
    use std::os::fd::OwnedFd;
    use std::os::unix::net::UnixStream;
    use std::time::{Duration, Instant};

    let (_reader, mut writer) = UnixStream::pair().unwrap();
    writer.set_nonblocking(true).unwrap();
    while writer.write(&[b'\n'; 1024]).map_or_else(|error| error.kind() == ErrorKind::Interrupted, |_| true) {
    }
    let mut command = Command::new(env!("CARGO_BIN_EXE_source-fixture"));
    let config = std::env::temp_dir().join(format!("stuck-reader-{}.json", std::process::id()));
    std::fs::write(&config, "{}").unwrap();
    command.args(["discover", "--config"]).arg(&config);
    let mut child = command.stdout(OwnedFd::from(writer)).spawn().unwrap();
    // Until it has ended; the result does not depend on this time.
    std::thread::sleep(Duration::from_secs(1));
    assert!(child.try_wait().unwrap().is_none());
    signal(&child, "-TERM");
    let signalled = Instant::now();
    let status = loop {
        match child.try_wait().unwrap() {
            Some(status) => break Some(status),
            None if signalled.elapsed() > Duration::from_secs(60) => break None,
            None => std::thread::sleep(Duration::from_millis(50)),
        }
    };
    child.kill().unwrap();
    std::fs::remove_file(&config).unwrap();
    assert_eq!(status.and_then(|status| status.signal()), Some(15));
}

/// Enough records for the background thread that writes to a pipe.
#[test]
fn pipe_closed_in_the_middle_of_a_read_ends_it_without_stderr_output() {
    let connector = connector();
    let (mut child, stdout) = start(&connector, &json!({"count": 200_000}), "numbers", None);
    assert_eq!(stdout.lines().map_while(Result::ok).take(50_000).count(), 50_000);
    assert_eq!(child.wait().unwrap().code(), Some(1));
    let mut stderr = String::new();
    child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
    assert!(stderr.is_empty(), "{stderr}");
}

#[cfg(target_os = "linux")]
#[test]
#[expect(clippy::disallowed_methods, reason = "it opens a device as stdout")]
fn full_disk_is_reported_on_stderr() {
    let connector = connector();
    for count in [1, 60_000] {
        let config = json!({ "count": count });
        let mut catalog = connector.discover(&config).configured("incremental");
        catalog["streams"].as_array_mut().unwrap().retain(|entry| entry["stream"]["name"] == "numbers");
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let mut command = connector.read_command(&config, &catalog, None);
        let child = command.stdout(full).stderr(Stdio::piped()).spawn().unwrap();
        let run = child.wait_with_output().unwrap();
        assert_eq!(run.status.code(), Some(1));
        let stderr = String::from_utf8(run.stderr).unwrap();
        assert!(stderr.starts_with("error: cannot write to stdout: No space left on device"), "{stderr}");
        assert_eq!(stderr.lines().count(), 1, "{stderr}");
    }
}

#[test]
fn check_that_exceeds_its_deadline_fails() {
    let connector = Connector::new(env!("CARGO_BIN_EXE_slow"));
    let run = connector.check(&json!({}));
    assert_eq!(run.exit_code, Some(1), "{run}");
    assert!(run.all("CONNECTION_STATUS").is_empty(), "{run}");
    assert_eq!(run.errors()[0]["failure_type"], "transient_error");
    assert!(
        run.errors()[0]["message"].as_str().unwrap().contains("after 0.2 s waiting for the API"),
        "{run}"
    );
}
