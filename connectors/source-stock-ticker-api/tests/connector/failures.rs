//! Failures of the API, the network or the reader of stdout: the message, its category, and that no record is lost.

use crate::common::*;
use airbyte_sdk::testing::Run;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read};
use std::process::Stdio;
use stock_api_emulator::{Emulator, Response};

fn read(emulator: &Emulator) -> Run {
    connector().read(&config(&emulator.url()), &catalog("incremental"), None)
}

fn read_since_2020(emulator: &Emulator) -> Run {
    connector().read(&config_since(&emulator.url(), "2020-01-01"), &catalog("incremental"), None)
}

fn check(emulator: &Emulator) -> Run {
    connector().check(&config(&emulator.url()))
}

/// Asserts the result of `check` for an error that the user cannot fix: a trace, and no status.
fn assert_undecided(run: &Run, failure_type: &str) {
    assert_eq!(run.exit_code, Some(1), "{run}");
    assert_error(run, failure_type);
    assert!(run.all("CONNECTION_STATUS").is_empty(), "{run}");
}

/// Asserts the result of `check` for an error that the user can fix, and returns the message.
fn assert_failed(run: &Run) -> String {
    assert_eq!(run.exit_code, Some(0), "{run}");
    let statuses = run.all("CONNECTION_STATUS");
    assert_eq!(statuses.len(), 1, "{run}");
    assert_eq!(statuses[0]["status"], "FAILED", "{run}");
    statuses[0]["message"].as_str().unwrap().to_owned()
}

#[test]
fn wrong_key_is_a_config_error_and_not_retried() {
    let emulator = emulator_with(|settings| settings.api_key = "another-key".to_owned());
    let run = read(&emulator);
    let message = assert_incomplete(&run, "config_error");
    assert!(message.contains("(HTTP 401): \"Unknown API Key\"; check the credentials"), "{message}");
    assert!(!run.stdout.contains(KEY), "{run}");
    assert_eq!(emulator.requests().len(), 1);
    let message = assert_failed(&check(&emulator));
    assert!(message.contains("Unknown API Key"), "{message}");
}

#[test]
fn plan_restriction_is_reported_in_the_words_of_the_api() {
    let emulator = emulator_with(|settings| settings.history_days = Some(0));
    let run = connector().read(
        &config_since(&emulator.url(), "2020-01-02"),
        &catalog("incremental"),
        Some(&state("2020-01-02")),
    );
    let message = assert_incomplete(&run, "config_error");
    assert!(message.contains("The API denied access to http://") && message.contains("plan"), "{message}");
    let denied = json!({"status": "NOT_AUTHORIZED", "request_id": "r-1",
        "message": "You are not entitled to this data. Please upgrade your plan at https://massive.com/pricing"});
    let emulator = scripted(move |_, _| Some(Response::json(403, &denied)));
    let run = read(&emulator);
    let message = assert_incomplete(&run, "config_error");
    assert!(message.contains("(HTTP 403): \"You are not entitled to this data."), "{message}");
    assert!(run.errors()[0]["internal_message"].as_str().unwrap().contains("r-1"), "{run}");
    assert!(assert_failed(&check(&emulator)).contains("not entitled"));
    assert_eq!(emulator.requests().len(), 2);
}

#[test]
fn unknown_ticker_fails_check_and_reads_as_empty() {
    let emulator = emulator();
    let mut config = config(&emulator.url());
    config["stock_ticker"] = "tsla".into();
    let message = assert_failed(&connector().check(&config));
    assert!(message.contains("tsla") && message.contains("check case and dates"), "{message}");
    assert_complete(&connector().read(&config, &catalog("incremental"), None));
}

#[test]
fn http_503_is_retried_and_then_an_error() {
    let emulator = scripted(|_, _| Some(Response::text(503, "<html>try later</html>")));
    let run = read(&emulator);
    let message = assert_incomplete(&run, "transient_error");
    assert!(message.contains("HTTP 503") && !message.contains("html"), "{message}");
    assert_eq!(emulator.requests().len(), 5);
    assert!(run.states().is_empty(), "{run}");
    assert_undecided(&check(&emulator), "transient_error");
}

#[test]
fn single_failure_is_retried_successfully() {
    for failure in [Response::text(500, ""), Response::text(504, "{}"), Response::hang_up()] {
        let emulator = scripted(move |count, _| (count == 0).then(|| failure.clone()));
        let run = read(&emulator);
        assert_complete(&run);
        assert!(!run.records("stock_prices").is_empty());
        assert_eq!(emulator.requests().len(), 2);
    }
}

#[test]
fn truncated_response_is_retried() {
    let truncated = Response::truncated(200, "{\"ticker\":\"TSLA\",\"results\":[]}", 10);
    let emulator = scripted(move |count, _| (count == 0).then(|| truncated.clone()));
    let run = read(&emulator);
    assert_complete(&run);
    assert_eq!(emulator.requests().len(), 2);
}

/// The same read does not request emitted bars again. A state covers the pages before, but not the truncated one, whose
/// number of bars is unconfirmed.
#[test]
fn truncated_page_is_covered_up_to_the_page_before() {
    for whole_pages in [0, 1] {
        let emulator = scripted(move |page, request| {
            let bar = |day: i64| json!({"t": 1_577_941_200_000 + day * 86_400_000, "c": day});
            let first = page as i64 * 100;
            let bars: Vec<Value> = (first..first + 100).map(bar).collect();
            let next = request.target.replace("adjusted", &format!("page={page}&adjusted"));
            let page_of_bars = json!({"ticker": "TSLA", "adjusted": true, "results": bars, "resultsCount": 100,
                "status": "OK", "next_url": next});
            if page < whole_pages {
                return Some(Response::json(200, &page_of_bars));
            }
            let text = page_of_bars.to_string();
            let end = text.find(&format!("\"c\":{}", first + 60)).unwrap();
            Some(Response::truncated(200, text, end))
        });
        let run = read_since_2020(&emulator);
        let message = assert_incomplete(&run, "transient_error");
        assert!(message.contains("Reading the response from http://"), "{message}");
        let records = run.records("stock_prices");
        assert_eq!(records.len(), whole_pages * 100 + 60, "{run}");
        let states = run.states();
        let covered = states.last().map(day).filter(|day| !day.is_null());
        assert_eq!(covered, (whole_pages > 0).then(|| &records[99]["date"]), "{run}");
        assert_eq!(emulator.requests().len(), whole_pages + 1);
    }
}

#[test]
fn password_in_the_url_is_not_shown() {
    let run = connector().read(&config("http://bob:hunter22@127.0.0.1:9"), &catalog("incremental"), None);
    let message = assert_error(&run, "config_error");
    assert!(message.contains("`api_url`") && !run.stdout.contains("hunter22"), "{run}");
}

#[test]
fn retry_after_is_honored() {
    let rejected = json!({"status": "ERROR", "request_id": "r", "error": "You've exceeded the maximum requests per minute"});
    let emulator = scripted(move |count, _| {
        (count == 0).then(|| Response::json(429, &rejected).header("Retry-After", "1"))
    });
    let run = read(&emulator);
    assert_eq!(run.exit_code, Some(0), "{run}");
    assert_eq!(run.statuses("stock_prices"), ["STARTED", "RUNNING", "RUNNING", "COMPLETE"], "{run}");
    let limited = |trace: &Value| trace["stream_status"]["reasons"].is_array();
    let waits: Vec<Value> = run.all("TRACE").into_iter().filter(limited).collect();
    assert_eq!(waits.len(), 1, "{run}");
    let reason = &waits[0]["stream_status"]["reasons"][0];
    assert_eq!(reason["type"], "RATE_LIMITED");
    let reset = reason["rate_limited"]["quota_reset"].as_i64().unwrap();
    let waited = reset - waits[0]["emitted_at"].as_f64().unwrap() as i64;
    assert!((900..=1000).contains(&waited), "{run}");
    assert!(run.stdout.contains("retrying in 1.0 s"), "{run}");
    assert_eq!(emulator.requests().len(), 2);
}

#[test]
fn refused_connection_is_transient() {
    let url = "http://127.0.0.1:9";
    let run = connector().read(&config(url), &catalog("incremental"), None);
    let message = assert_incomplete(&run, "transient_error");
    assert!(message.contains("127.0.0.1"), "{message}");
    assert_undecided(&connector().check(&config(url)), "transient_error");
}

#[test]
fn invalid_url_is_a_config_error() {
    for url in ["not a url", "", "https://"] {
        let run = connector().read(&config(url), &catalog("incremental"), None);
        assert_error(&run, "config_error");
    }
}

#[test]
fn invalid_json_is_transient() {
    for response in [
        Response::text(200, "<html>maintenance</html>"),
        Response::text(200, ""),
        Response::text(200, "{\"ticker\":\"TSLA\",\"results\":[{\"t\":1"),
        Response::truncated(200, "{\"ticker\":\"TSLA\",\"results\":[]}", 10),
    ] {
        let emulator = scripted(move |_, _| Some(response.clone()));
        assert_incomplete(&read(&emulator), "transient_error");
        assert_undecided(&check(&emulator), "transient_error");
    }
}

#[test]
fn unexpected_json_structure_names_the_path() {
    let page = |bars: Value| json!({"ticker": "TSLA", "adjusted": true, "status": "OK", "results": bars});
    let good = json!({"t": 1_772_773_200_000_i64, "c": 1.5});
    // The bars before the invalid one are emitted.
    for (body, place) in [
        (page(json!([good, {"t": "noon", "c": 2}])), "at `results[1].t`"),
        (page(json!([{"t": 1, "c": null}])), "at `results[0].c`"),
        (page(json!([{"c": 2}])), "missing field `t` at `results[0]`"),
        (page(json!({})), "at `results`"),
        (json!([]), "at the top level"),
        (json!(null), "at the top level"),
    ] {
        let emulator = scripted(move |_, _| Some(Response::json(200, &body)));
        let run = read_since_2020(&emulator);
        let message = assert_incomplete(&run, "system_error");
        assert!(message.ends_with(place), "{place}: {message}");
        assert_eq!(run.records("stock_prices").len(), usize::from(place == "at `results[1].t`"), "{run}");
    }
}

#[test]
fn error_in_a_successful_response_is_an_error() {
    for response in [
        json!({"ticker": "TSLA", "status": "ERROR", "error": "internal"}),
        json!({"ticker": "AAPL", "status": "OK", "adjusted": true, "results": [{"t": 1_772_773_200_000_i64, "c": 1}]}),
        json!({"ticker": "TSLA", "status": "OK", "adjusted": false, "results": [{"t": 1_772_773_200_000_i64, "c": 1}]}),
    ] {
        let emulator = scripted(move |_, _| Some(Response::json(200, &response)));
        let run = read_since_2020(&emulator);
        assert!(assert_incomplete(&run, "transient_error").contains("nexpected response: status "), "{run}");
        assert!(run.records("stock_prices").is_empty(), "{run}");
    }
}

/// If the second page fails, a state covers the records of the first.
#[test]
fn records_before_a_failure_are_covered_by_a_state() {
    let emulator = emulator_with(|settings| {
        settings.page_cap = Some(2);
        settings.fault =
            Some(std::sync::Arc::new(|count, _| (count == 1).then(|| Response::text(401, "{}"))));
    });
    let run = read(&emulator);
    assert_eq!(run.exit_code, Some(1), "{run}", run = run.stderr);
    assert_eq!(run.statuses("stock_prices"), ["STARTED", "RUNNING", "INCOMPLETE"]);
    let messages = run.messages();
    let records = run.records("stock_prices");
    assert_eq!(records.len(), 2);
    let last_state = messages.iter().rposition(|message| message["type"] == "STATE").unwrap();
    let last_record = messages.iter().rposition(|message| message["type"] == "RECORD").unwrap();
    assert!(last_record < last_state);
    assert_eq!(*day(&messages[last_state]["state"]), records.last().unwrap()["date"]);
    let counted: f64 =
        run.states().iter().map(|state| state["sourceStats"]["recordCount"].as_f64().unwrap()).sum();
    assert_eq!(counted, 2.0);
}

#[test]
fn loop_of_pages_is_an_error() {
    let page = json!({"ticker": "TSLA", "adjusted": true, "status": "OK", "next_url": "/v2/aggs/again",
        "results": [{"t": 1_772_773_200_000_i64, "c": 1.5}]});
    let emulator = scripted(move |_, _| Some(Response::json(200, &page)));
    let message = assert_incomplete(&read_since_2020(&emulator), "system_error");
    assert!(message.contains("links back to page"), "{message}");
    assert!(emulator.requests().len() <= 3, "{}", emulator.requests().len());
}

#[test]
fn redirect_is_not_followed_with_the_key() {
    let other = emulator();
    let elsewhere = other.url();
    let emulator = scripted(move |_, _| {
        Some(Response::text(302, "").header("Location", format!("{elsewhere}/v2/steal")))
    });
    assert_incomplete(&read(&emulator), "system_error");
    assert!(other.requests().is_empty());
}

#[test]
fn key_in_an_error_message_is_blanked() {
    let echo = json!({"status": "ERROR", "error": format!("no such key: {KEY} (apiKey={KEY})")});
    let emulator = scripted(move |_, _| Some(Response::json(401, &echo)));
    for run in [read(&emulator), check(&emulator)] {
        assert!(run.stdout.contains("no such key: ****"), "{run}");
        assert!(!run.stdout.contains(KEY) && !run.stderr.contains(KEY), "{run}");
    }
}

/// Returns the peak memory of a read from this day on, in KiB.
#[cfg(target_os = "linux")]
fn peak(emulator: &Emulator, first_day: &str) -> u64 {
    let connector = connector();
    let mut command =
        connector.read_command(&config_since(&emulator.url(), first_day), &catalog("incremental"), None);
    let mut child = command.stdout(Stdio::null()).spawn().unwrap();
    let mut peak = 0;
    // The kernel reports the peak only while the process exists.
    while child.try_wait().unwrap().is_none() {
        let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
        let kilobytes = status
            .lines()
            .find_map(|line| line.strip_prefix("VmHWM:")?.split_whitespace().next()?.parse().ok());
        peak = kilobytes.unwrap_or(peak);
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
    assert!(child.wait().unwrap().success());
    peak
}

#[test]
#[cfg(target_os = "linux")]
fn memory_does_not_grow_with_the_size_of_a_page() {
    let page = |bars: usize| {
        let bar = json!({"t": 1_577_941_200_000_i64, "c": 1, "note": "x".repeat(64 << 10)});
        let page = json!({"ticker": "TSLA", "results": vec![bar; bars], "status": "OK"});
        scripted(move |_, _| Some(Response::json(200, &page)))
    };
    let (small, large) = (peak(&page(1), "2020-01-02"), peak(&page(800), "2020-01-02"));
    assert!(large < small + 2 * 1024, "{large} KiB for 50 MiB, {small} KiB for 64 KiB");
}

#[test]
#[cfg(target_os = "linux")]
fn memory_does_not_grow_with_the_number_of_pages() {
    let peak = |first_day: &str| {
        let emulator = emulator_with(|settings| settings.bars_per_day = 12_500);
        (peak(&emulator, first_day), emulator.requests().len())
    };
    let (few, few_pages) = peak("2026-03-21");
    let (many, many_pages) = peak("2026-02-19");
    assert!(many_pages > 2 * few_pages, "{many_pages} pages, and {few_pages}");
    assert!(many < few + 3 * 1024, "{many} KiB for {many_pages} pages, {few} KiB for {few_pages}");
}

/// The API echoes the key wherever it can, in the usual encodings.
#[test]
fn echoed_key_is_blanked_in_every_encoding() {
    let canary = r#"can"ary/+&=\\4711"#;
    let url = "can%22ary%2F%2B%26%3D%5C%5C4711";
    // Base64 of `user:KEY:x`, and of the key alone.
    let (basic, plain) = ("dXNlcjpjYW4iYXJ5LysmPVxcNDcxMTp4", "Y2FuImFyeS8rJj1cXDQ3MTE=");
    let echo = format!("no key {canary}, apiKey={url}, Basic {basic} or {plain}, {canary:?}");
    let page = |status: &str| json!({"ticker": "TSLA", "status": status, "results": []});
    let mut lost = page("OK");
    lost["next_url"] = format!("not a url {canary}").into();
    let responses = [
        Response::json(401, &json!({"error": echo})).header("X-Request-Id", canary),
        Response::json(403, &json!({"message": format!("{} {echo}", "x".repeat(960))})),
        Response::json(404, &json!({"detail": echo, "request_id": canary})),
        Response::json(
            200,
            &json!({"ticker": canary, "status": echo, "results": [{"t": canary, "c": canary}]}),
        ),
        Response::json(200, &page(&echo)),
        Response::json(200, &lost),
    ];
    for response in responses {
        let emulator = scripted(move |_, _| Some(response.clone()));
        let mut config = config(&emulator.url());
        config["api_key"] = canary.into();
        let connector = connector();
        let mut read = connector.read_command(&config, &catalog("incremental"), None);
        let output = read.arg("--debug").output().unwrap();
        let check = connector.check(&config);
        let [stdout, stderr] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
        let everything = [stdout, stderr, check.stdout, check.stderr].concat();
        assert!(everything.contains("ERROR"), "{everything}");
        for encoding in [canary, url, &basic[9..25], &plain[..21], "4711", "ary/"] {
            assert!(!everything.contains(encoding), "{encoding} is in {everything}");
        }
    }
}

#[test]
fn closed_stdout_ends_the_read_without_stderr_output() {
    let emulator = emulator_with(|settings| {
        settings.bars_per_day = 20_000;
        settings.cache = true;
    });
    let connector = connector();
    let mut child = connector
        .read_command(&config(&emulator.url()), &catalog("incremental"), None)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    stdout.read_line(&mut line).unwrap();
    assert!(line.contains("STARTED"), "{line}");
    drop(stdout);
    let mut stderr = String::new();
    child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
    let status = child.wait().unwrap();
    assert_eq!(status.code(), Some(1), "{stderr}");
    assert!(stderr.is_empty(), "{stderr}");
}
