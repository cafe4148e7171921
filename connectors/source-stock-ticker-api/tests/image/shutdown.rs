//! Reads that are ended from outside: nothing hangs, and the next read resumes without losing a record.

use crate::api::{LAST_DAY, catalog, emulator_with};
use crate::docker::{Container, Folder, docker, image, inspect, unique_name};
use crate::messages::{config, days, days_before, last_state, messages, statuses};
use crate::pod::{FIRST_PROCESS, Pod, Read, TIMEOUT};
use jiff::{ToSpan, civil::Date};
use serde_json::{Value, json};
use std::fs::File;
use std::io::{BufRead, BufReader, Read as _};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use stock_api_emulator::{Emulator, is_trading_day};

/// With two bars per day these are 18 000 records. The first state is sent after 10 000 records, at the end of a page. The
/// 8 000 records after it (1.2 MB) exceed a FIFO (256 KiB) and the buffers at its ends (0.7 MB), so the connector cannot end before the
/// test continues to read.
const START: &str = "1990-01-02";
const BARS_PER_DAY: u32 = 2;
const BARS_PER_PAGE: u32 = 5_000;

/// A read whose output was read up to the first state and one record after it.
struct Half {
    emulator: Emulator,
    pod: Pod,
    stdout: BufReader<File>,
    stderr: File,
    read: String,
}

fn read_half(script: Option<&str>) -> Half {
    let emulator = emulator_with(|settings| {
        settings.bars_per_day = BARS_PER_DAY;
        settings.page_cap = Some(BARS_PER_PAGE);
    });
    let (config, catalog) = (config(&emulator, START), catalog("incremental"));
    let read = Read::of(&config, &catalog);
    let pod = Pod::read(&Read { script: script.unwrap_or(read.script), ..read });
    let (mut stdout, stderr) = pod.outputs();
    let mut text = String::new();
    let mut line = 0;
    while !text[line..].starts_with(r#"{"type":"STATE""#) {
        line = text.len();
        assert!(stdout.read_line(&mut text).unwrap() > 0, "no state: {}", pod.end().log);
    }
    stdout.read_line(&mut text).unwrap();
    assert_eq!(last_state(&messages(&text)).1, 10_000);
    Half { emulator, pod, stdout, stderr, read: text }
}

/// Asserts that the records before the last state and those of a read resumed from it are all records.
fn assert_nothing_is_lost(emulator: &Emulator, read: &str) {
    let before = messages(read);
    let (state, covered) = last_state(&before);
    let (config, catalog) = (config(emulator, START), catalog("incremental"));
    let pod = Pod::read(&Read { state: Some(&state), ..Read::of(&config, &catalog) });
    let (rest, _) = pod.read_all();
    assert_eq!(pod.end().exit_code, Some(0));
    let mut found = [&days(&before)[..covered], &days(&messages(&rest))].concat();
    found.dedup();
    let first: Date = START.parse().unwrap();
    let trading = first.series(1.day()).take_while(|day| *day <= LAST_DAY).filter(|day| is_trading_day(*day));
    let all: Vec<String> = trading.map(|day| day.to_string()).collect();
    assert!(found == all, "{} of {} days, {covered} records before the last state", found.len(), all.len());
}

/// When a sync is cancelled, the other containers of the pod end first.
#[test]
#[ignore = "needs Docker and the image: cargo image source-stock-ticker-api"]
fn read_with_closed_outputs_ends_by_itself() {
    let Half { emulator, pod, stdout, stderr, read } = read_half(None);
    drop((stdout, stderr));
    let end = pod.end();
    assert_eq!((end.exit_code, end.exit_code_file.as_deref()), (Some(1), Some("1")));
    assert_eq!(end.log, "/airbyte/source\n");
    assert_nothing_is_lost(&emulator, &read);
}

/// After that, the platform creates a file that makes its script kill the intermediate shell; the connector is killed with
/// the container. Here the reader still exists, but does not read.
#[test]
#[ignore = "needs Docker and the image: cargo image source-stock-ticker-api"]
fn cancelled_read_that_cannot_write_ends() {
    let Half { emulator, pod, mut stdout, stderr: _stderr, mut read } = read_half(None);
    pod.cancel();
    let end = pod.end();
    assert_eq!((end.exit_code, end.exit_code_file.as_deref()), (Some(143), Some("143")), "{}", end.log);
    stdout.read_to_string(&mut read).unwrap();
    assert_nothing_is_lost(&emulator, &read);
}

#[test]
#[ignore = "needs Docker and the image: cargo image source-stock-ticker-api"]
fn killed_container_loses_no_record() {
    let Half { emulator, pod, mut stdout, stderr: _stderr, mut read } = read_half(None);
    assert!(docker(["kill", &pod.container.0]).status.success());
    assert_eq!(pod.end().exit_code, Some(137));
    stdout.read_to_string(&mut read).unwrap();
    assert_nothing_is_lost(&emulator, &read);
}

/// The first process of a container ignores a signal unless it handles it. Exit code 137 would be a kill after the grace
/// period.
#[test]
#[ignore = "needs Docker and the image: cargo image source-stock-ticker-api"]
fn stopped_container_that_cannot_write_ends_within_the_grace_period() {
    let Half { emulator, pod, mut stdout, stderr: _stderr, mut read } = read_half(Some(FIRST_PROCESS));
    assert!(docker(["stop", "-t", "30", &pod.container.0]).status.success());
    assert_eq!(pod.end().exit_code, Some(143));
    stdout.read_to_string(&mut read).unwrap();
    assert_nothing_is_lost(&emulator, &read);
}

#[test]
#[ignore = "needs Docker and the image: cargo image source-stock-ticker-api"]
fn stopped_container_that_waits_for_the_api_sends_its_state() {
    let (requested, second_page) = channel();
    let (test, wait) = channel::<()>();
    let wait = Mutex::new(wait);
    let emulator = emulator_with(|settings| {
        settings.bars_per_day = 10_000;
        settings.fault = Some(Arc::new(move |number, _| {
            if number > 0 {
                let _ = requested.send(());
                let _ = wait.lock().unwrap().recv();
            }
            None
        }));
    });
    let folder = Folder::new();
    folder.write("config.json", &config(&emulator, &days_before(21)).to_string());
    folder.write("catalog.json", &catalog("incremental").to_string());
    let container = Container(unique_name());
    let (image, mount) = (image(), folder.mounted_at("/secrets:ro"));
    let started =
        docker(
            [
                &[
                    "run",
                    "--detach",
                    "--name",
                    &container.0,
                    "--network",
                    "host",
                    "--volume",
                    &mount,
                    &*image,
                ][..],
                &["read", "--config", "/secrets/config.json", "--catalog", "/secrets/catalog.json"],
            ]
            .concat(),
        );
    assert!(started.status.success(), "{}", String::from_utf8_lossy(&started.stderr));
    second_page.recv_timeout(TIMEOUT).unwrap();
    assert!(docker(["stop", "-t", "30", &container.0]).status.success());
    assert_eq!(inspect(&container.0)["State"]["ExitCode"], 143);
    drop(test);

    let messages = messages(&String::from_utf8(docker(["logs", &container.0]).stdout).unwrap());
    let days = days(&messages);
    assert_eq!(days.len(), 50_000);
    let (state, records) = last_state(&messages);
    assert_eq!(records, 50_000);
    assert_eq!(state[0]["stream"]["stream_state"], json!({"partitions": {"TSLA": {"date": days[49_999]}}}));
    assert_eq!(statuses(&messages), ["STARTED", "RUNNING", "INCOMPLETE"]);
    let last: Vec<&Value> = messages.iter().rev().take(2).map(|message| &message["type"]).collect();
    assert_eq!(last, ["TRACE", "STATE"]);
}
