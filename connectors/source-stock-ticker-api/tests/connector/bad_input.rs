//! Invalid command lines and files: the message, the exit code, and that no value of the user is shown.

use crate::common::*;
use airbyte_sdk::testing::Run;
use serde_json::{Value, json};
use std::ffi::OsString;

#[test]
fn invalid_command_line_is_reported_on_stderr_and_stdout() {
    let connector = connector();
    let wrong: [(&[&str], &str); 10] = [
        (&[], "missing command; expected `spec`, `check`, `discover` or `read`"),
        (&["--debug"], "missing command; expected `spec`, `check`, `discover` or `read`"),
        (&["write"], "`write` is a command of destinations, but this is a source"),
        (&["chekc"], "unrecognized subcommand 'chekc'"),
        (&["spec", "--frobnicate"], "unexpected argument '--frobnicate' found"),
        (&["check"], "the following required arguments were not provided: --config <FILE>"),
        (&["discover", "--config"], "a value is required for '--config <FILE>' but none was supplied"),
        (&["discover", "--config", ""], "a value is required for '--config <FILE>' but none was supplied"),
        (
            &["read", "--config", "c.json"],
            "the following required arguments were not provided: --catalog <FILE>",
        ),
        (
            &["check", "--config", "a", "--config", "b"],
            "the argument '--config <FILE>' cannot be used multiple times",
        ),
    ];
    for (arguments, expected) in wrong {
        let run = connector.run(arguments);
        assert_eq!(run.exit_code, Some(2), "{arguments:?}: {run}");
        let helps =
            ["Usage: source-stock-ticker-api", "try '--help'"].iter().any(|help| run.stderr.contains(help));
        assert!(helps, "{arguments:?}: {run}");
        assert_eq!(run.messages().len(), 1, "{run}");
        assert_eq!(assert_error(&run, "config_error"), format!("Invalid command line: {expected}"));
    }
}

/// A shell splits an unquoted configuration.
#[test]
fn error_for_an_invalid_command_line_shows_no_values() {
    for arguments in [
        &["check", "--config", "{api_key:", "4711_x}"][..],
        &["check", "--config", "{\"api_key\":\"4711_x\"}"],
        &["check", "--config", "api_key: 4711_x"],
        &["check", "--config", "'{\"api_key\":\"4711_x\"}'"],
        &["check", "--config", "a", "--{\"api_key\":\"4711_x\"}"],
        &["check", "--config", "a", "--api-key=4711_x"],
        &["spec", "--debug={4711_x}"],
        &["{\"api_key\":\"4711_x\"}"],
        &["read", "--config", "a", "--catalog", "{\"4711_x\":1}", "--state", "[{\"4711_x\":1}]"],
    ] {
        let run = connector().run(arguments);
        assert!(!run.messages().is_empty(), "{run}");
        assert!(!run.stdout.contains("4711") && !run.stderr.contains("4711"), "{arguments:?}: {run}");
    }
}

#[cfg(unix)]
#[test]
fn non_utf8_arguments_are_accepted_as_paths_only() {
    use std::os::unix::ffi::OsStringExt;
    let odd = OsString::from_vec(b"odd-\xff-name".to_vec());
    let run = connector().run([odd.clone()]);
    assert_eq!(run.exit_code, Some(2), "{run}");
    assert_error(&run, "config_error");
    let run = connector().run(["discover".into(), "--config".into(), odd]);
    assert!(assert_error(&run, "config_error").contains("-name does not exist"), "{run}");
}

#[test]
fn requested_help_exits_with_success() {
    for arguments in [vec!["--help"], vec!["help", "read"], vec!["--version"]] {
        let run = connector().run(&arguments);
        assert_eq!(run.exit_code, Some(0), "{arguments:?}: {run}");
        assert!(run.stdout.contains("source-stock-ticker-api") && run.stderr.is_empty(), "{run}");
    }
}

#[test]
fn debug_flag_is_accepted_everywhere() {
    let emulator = emulator();
    let connector = connector();
    let config = connector.file("config.json", config(&emulator.url()).to_string());
    let catalog = connector.file("catalog.json", catalog("incremental").to_string());
    let path = |path: &std::path::Path| OsString::from(path);
    for arguments in [
        vec!["spec".into(), "--debug".into()],
        vec!["--debug".into(), "spec".into()],
        vec!["check".into(), "--config".into(), path(&config), "--debug".into()],
        vec!["discover".into(), "--debug".into(), "--config".into(), path(&config)],
        vec![
            "read".into(),
            "--config".into(),
            path(&config),
            "--catalog".into(),
            path(&catalog),
            "--debug".into(),
        ],
    ] {
        let run = connector.run(&arguments);
        assert_eq!(run.exit_code, Some(0), "{arguments:?}: {run}");
        assert!(!run.messages().is_empty() && run.stderr.is_empty());
        assert!(!run.stdout.contains(KEY), "{run}");
        if arguments[0] == "read" {
            assert!(run.all("LOG").iter().any(|log| log["level"] == "DEBUG"), "{run}");
        }
    }
}

#[test]
fn log_level_variable_is_case_insensitive() {
    let emulator = emulator();
    let connector = connector();
    for (level, debug) in [("DEBUG", true), ("debug", true), ("INFO", false), ("nonsense", false)] {
        let mut command = connector.read_command(&config(&emulator.url()), &catalog("incremental"), None);
        let stdout = command.env("LOG_LEVEL", level).output().unwrap().stdout;
        assert_eq!(String::from_utf8(stdout).unwrap().contains("\"level\":\"DEBUG\""), debug, "{level}");
    }
}

/// Runs `check`, `discover` and `read` with this config file.
fn with_config(text: &[u8]) -> [Run; 3] {
    let connector = connector();
    let config = connector.file("settings.json", text).into_os_string();
    let catalog = connector.file("catalog.json", catalog("full_refresh").to_string()).into_os_string();
    let run = |command: &str, more: &[OsString]| {
        let mut arguments = vec![OsString::from(command), "--config".into(), config.clone()];
        arguments.extend_from_slice(more);
        connector.run(arguments)
    };
    [run("check", &[]), run("discover", &[]), run("read", &["--catalog".into(), catalog])]
}

/// Asserts that `check` fails and the other commands end with an ERROR trace, and returns their message.
fn rejected(text: &[u8]) -> String {
    let [check, discover, read] = with_config(text);
    assert_eq!(check.exit_code, Some(0), "{check}");
    let statuses = check.all("CONNECTION_STATUS");
    assert_eq!(statuses.len(), 1, "{check}");
    assert_eq!(statuses[0]["status"], "FAILED", "{check}");
    let message = statuses[0]["message"].as_str().unwrap();
    for run in [discover, read] {
        assert_eq!(run.exit_code, Some(1), "{run}");
        assert_eq!(assert_error(&run, "config_error"), message);
        assert!(
            run.all("CATALOG").is_empty() && run.all("RECORD").is_empty() && run.stderr.is_empty(),
            "{run}"
        );
    }
    assert!(message.contains("settings.json"), "{message}");
    message.to_owned()
}

#[test]
fn config_that_is_not_a_json_object_is_rejected() {
    for (text, expected) in [
        ("", "is empty; expected a JSON object"),
        ("{\"stock_ticker\": ", "at line 1 column 17; the file is truncated"),
        ("{'stock_ticker': 1}", "; use double quotes"),
        ("{\n  // the key\n  \"api_key\": 1}", "at line 2 column 3; comments are not allowed in JSON"),
        ("# the key\n{}", "; comments are not allowed in JSON"),
        ("{\"count\": NaN}", "; NaN and infinity are not allowed in JSON"),
        ("{\"count\": -Infinity}", "; NaN and infinity are not allowed in JSON"),
        ("{} {}", "trailing characters at line 1 column 4"),
        ("[]", "must be a JSON object, not an array"),
        ("\"text\"", "must be a JSON object, not a string"),
        ("null", "must be a JSON object, not null"),
    ] {
        let message = rejected(text.as_bytes());
        assert!(message.contains(expected), "{text}: {message}");
    }
}

/// It is unknown which value is meant, and the other one may be a secret that would not be blanked.
#[test]
fn duplicate_key_in_the_config_is_rejected() {
    let emulator = emulator();
    let connector = connector();
    let good = config(&emulator.url()).to_string();
    let twice = format!("{{\"stock_ticker\": 5, \"api_key\": \"wrong\", {}", &good[1..]);
    let config = connector.file("twice.json", twice);
    let run = connector.run(["check".into(), "--config".into(), config.into_os_string()]);
    let status = &run.all("CONNECTION_STATUS")[0];
    assert_eq!(status["status"], "FAILED", "{run}");
    assert!(status["message"].as_str().unwrap().contains("`api_key` occurs more than once"), "{run}");
}

#[test]
fn all_missing_and_invalid_fields_are_named_without_values() {
    let message =
        rejected(br#"{"stock_ticker": 12345678, "start_date": "2024-02-30", "adjusted": "maybe-so"}"#);
    for expected in [
        "in 4 places",
        "`stock_ticker` must be a string, not a number",
        "`api_key` is missing",
        "`start_date` must be a valid date like 2024-01-31",
        "`adjusted` must be a boolean, not a string",
    ] {
        assert!(message.contains(expected), "{expected} is not in: {message}");
    }
    for value in ["12345678", "2024-02-30", "maybe-so"] {
        assert!(!message.contains(value), "{value} is in: {message}");
    }
    let message = rejected(br#"{"stock_ticker": "../secrets", "api_key": null}"#);
    assert!(message.contains("`stock_ticker` must be a ticker such as AAPL or BRK.B"), "{message}");
    assert!(message.contains("`api_key` is missing"), "{message}");
    for blank in ["", " ", "\\t\\n\\r ", "\\u00a0\\u2003"] {
        let message = rejected(format!(r#"{{"stock_ticker": "AAPL", "api_key": "{blank}"}}"#).as_bytes());
        assert!(message.contains("`api_key` must not be blank"), "{blank}: {message}");
    }
    let message = rejected(br#"{"stock_ticker": "AAPL", "api_key": 471147114711}"#);
    assert!(
        message.contains("`api_key` must be a string, not a number") && !message.contains("4711"),
        "{message}"
    );
}

#[test]
fn error_for_an_invalid_url_names_its_field() {
    for (url, why) in [
        ("api.polygon.io", "it must begin with `https://` or `http://`"),
        ("localhost:80", "it must begin with"),
        (" https://api.polygon.io", "it begins or ends with whitespace"),
        ("https:/api.polygon.io", "it must begin with"),
        ("http:///x", "the host is missing"),
        ("http://127.0.0.1:8o80", "the port is not a number from 1 to 65535"),
        ("http://127.0.0.1:99999", "the port is not"),
        ("https://hunter2@api.polygon.io", "it must not contain a user name or a password"),
        ("https://api.polygon.io/?key=hunter2", "it must not contain a query"),
        ("ftp://api.polygon.io", "its scheme is not supported"),
        ("", "it is empty"),
    ] {
        let message = rejected(config(url).to_string().as_bytes());
        let expected = format!("`api_url` must be a URL such as https://api.example.com: {why}");
        assert!(message.contains(&expected) && !message.contains("hunter2"), "{url}: {message}");
    }
}

#[test]
fn unsendable_key_is_rejected_before_any_request() {
    let emulator = emulator();
    for (letter, name) in [
        ("\u{a0}", "a non-breaking space (U+00A0)"),
        ("\u{200b}", "a zero-width space (U+200B)"),
        ("\u{2013}", "an en dash (U+2013)"),
        ("\n", "a line break (U+000A)"),
    ] {
        let mut config = config(&emulator.url());
        config["api_key"] = format!("abcd{letter}efgh").into();
        let check = connector().check(&config);
        let status = check.all("CONNECTION_STATUS").remove(0);
        assert_eq!((&status["status"], check.exit_code), (&json!("FAILED"), Some(0)), "{check}");
        let expected = format!(
            "The API key or token for the Authorization header contains {name} at position 5; copy it again"
        );
        assert_eq!(status["message"], expected, "{check}");
        let read = connector().read(&config, &catalog("full_refresh"), None);
        assert_eq!(assert_error(&read, "config_error"), expected);
        assert!(!read.stdout.contains("abcd") && !check.stdout.contains("abcd"), "{read}");
    }
    assert!(emulator.requests().is_empty());
}

#[test]
fn unreadable_files_are_named() {
    let connector = connector();
    let config = connector.file("config.json", config("http://127.0.0.1:9").to_string());
    let catalog = connector.file("catalog.json", catalog("full_refresh").to_string());
    let folder = config.parent().unwrap();
    for missing in ["config", "catalog", "state"] {
        for (path, expected) in
            [("nowhere.json", "does not exist"), (folder.to_str().unwrap(), "is a directory")]
        {
            let mut arguments: Vec<OsString> = vec!["read".into()];
            for (role, file) in [("config", &config), ("catalog", &catalog)] {
                arguments.push(format!("--{role}").into());
                arguments.push(if role == missing { path.into() } else { file.into() });
            }
            if missing == "state" {
                arguments.extend(["--state".into(), path.into()]);
            }
            let run = connector.run(arguments);
            assert_eq!(run.exit_code, Some(1), "{run}");
            let message = assert_error(&run, "config_error");
            assert!(message.contains(&format!("{missing} file {path}")), "{message}");
            assert!(message.contains(expected), "{message}");
        }
    }
    let run = connector.run(["check", "--config", "nowhere.json"]);
    assert_eq!(run.exit_code, Some(0), "{run}");
    assert_eq!(run.all("CONNECTION_STATUS")[0]["status"], "FAILED", "{run}");
}

#[test]
fn unknown_fields_are_accepted_everywhere() {
    let emulator = emulator();
    let mut config = config(&emulator.url());
    config["__platform_note"] = json!({"x": 1});
    let mut catalog = catalog("incremental");
    catalog["more"] = 1.into();
    catalog["streams"][0]["more"] = json!([]);
    catalog["streams"][0]["stream"]["more"] = json!({});
    catalog["streams"][0]["generation_id"] = 3.into();
    let mut state = state("2020-11-02");
    state[0]["id"] = 1.into();
    state[0]["global"] = Value::Null;
    state[0]["stream"]["more"] = 1.into();
    state[0]["stream"]["stream_state"]["more"] = 1.into();
    let run = connector().read(&config, &catalog, Some(&state));
    assert_complete(&run);
    assert!(!run.records("stock_prices").is_empty());
}

fn read_with_catalog(catalog: &Value) -> Run {
    let emulator = emulator();
    connector().read(&config(&emulator.url()), catalog, None)
}

#[test]
fn catalog_with_missing_or_mistyped_fields_is_rejected() {
    for (catalog, expected) in [
        (json!([]), vec!["must be a JSON object"]),
        (json!({}), vec!["`streams` is missing"]),
        (json!({"streams": {}}), vec!["`streams` must be an array, not an object"]),
        (
            json!({"streams": [{"stream": {"name": 5}, "sync_mode": true}, 7]}),
            vec![
                "`streams[0].stream.name` must be a string, not a number",
                "`streams[0].stream.json_schema` is missing",
                "`streams[0].stream.supported_sync_modes` is missing",
                "`streams[0].sync_mode` must be a string, not a boolean",
                "`streams[0].destination_sync_mode` is missing",
                "`streams[1]` must be an object, not a number",
            ],
        ),
    ] {
        let run = read_with_catalog(&catalog);
        assert_eq!(run.exit_code, Some(1), "{run}");
        let message = assert_error(&run, "config_error");
        for expected in expected {
            assert!(message.contains(expected), "{expected} is not in: {message}");
        }
        assert!(message.contains("catalog.json") && run.statuses("stock_prices").is_empty(), "{run}");
    }
}

#[test]
fn catalog_without_streams_is_rejected() {
    let run = read_with_catalog(&json!({"streams": []}));
    assert_eq!(run.exit_code, Some(1), "{run}");
    assert!(assert_error(&run, "config_error").contains("no streams"), "{run}");
}

#[test]
fn unknown_stream_or_sync_mode_fails_after_the_others_were_read() {
    let mut both = catalog("incremental");
    let mut unknown = both["streams"][0].clone();
    unknown["stream"]["name"] = "stock_prizes".into();
    both["streams"].as_array_mut().unwrap().insert(0, unknown);
    let run = read_with_catalog(&both);
    assert_eq!(run.exit_code, Some(1), "{run}");
    assert_eq!(run.statuses("stock_prices"), ["STARTED", "RUNNING", "COMPLETE"], "{run}");
    assert_eq!(run.statuses("stock_prizes"), ["STARTED", "RUNNING", "INCOMPLETE"], "{run}");
    assert!(!run.records("stock_prices").is_empty());
    let message = assert_error(&run, "config_error");
    assert!(
        message.contains("`stock_prizes`") && message.contains("its streams: `stock_prices`"),
        "{message}"
    );
    let last_record = run.messages().iter().rposition(|message| message["type"] == "RECORD");
    let error = run.messages().iter().position(|message| message["trace"]["type"] == "ERROR");
    assert!(last_record < error, "{run}");

    let run = read_with_catalog(&catalog("INVALID"));
    assert_eq!(run.exit_code, Some(1), "{run}");
    assert!(assert_error(&run, "config_error").contains("`INVALID`"), "{run}");
    assert!(run.records("stock_prices").is_empty());
}

#[test]
fn stream_configured_twice_is_read_once_and_reported() {
    let mut twice = catalog("incremental");
    let again = twice["streams"][0].clone();
    twice["streams"].as_array_mut().unwrap().push(again);
    let run = read_with_catalog(&twice);
    assert_eq!(run.exit_code, Some(1), "{run}");
    assert!(assert_error(&run, "config_error").contains("twice"), "{run}");
    assert!(!run.records("stock_prices").is_empty());
}
