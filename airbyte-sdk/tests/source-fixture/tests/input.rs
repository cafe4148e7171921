//! Errors in input files and on the command line.
#![allow(clippy::unwrap_used, reason = "a test may panic in its helpers too")]

use renamed_sdk::testing::Connector;
use serde_json::{Value, json};
use std::path::Path;

fn connector() -> Connector {
    Connector::new(env!("CARGO_BIN_EXE_source-fixture"))
}

#[test]
fn violations_of_the_configuration_are_reported_together() {
    let run = connector().check(&json!({"count": 1_000_001, "ties": 0, "ratio": 1.5, "words": ["a", 5], "since": "2024-01-01", "check": "no"}));
    let status = run.all("CONNECTION_STATUS").remove(0);
    let message = status["message"].as_str().unwrap();
    for expected in [
        "in 6 places",
        "`count` must be at most 1000000",
        "`ties` must be at least 1",
        "`words[1]` must be a string, not a number",
        "`ratio` must be at most 1.0",
        "`since` must be a UTC timestamp",
        "`check` must be one of the known results",
    ] {
        assert!(message.contains(expected), "{expected} is not in: {message}");
    }
    let run = connector().check(&json!({"count": 3.0, "ties": -1}));
    let status = run.all("CONNECTION_STATUS").remove(0);
    assert!(
        status["message"]
            .as_str()
            .unwrap()
            .ends_with("is not valid: `ties` must be an integer from 0 to 4294967295"),
        "{run}"
    );
}

#[test]
fn spec_shows_defaults_and_limits() {
    let spec = connector().spec().all("SPEC").remove(0);
    let form = &spec["connectionSpecification"];
    assert_eq!(form["title"], "Fixture");
    assert_eq!(form["groups"], json!([{"id": "login", "title": "Login"}]));
    assert_eq!(form["required"], json!([]));
    let properties = &form["properties"];
    assert_eq!(
        properties["count"],
        json!({"type": "integer", "title": "Count", "description": "How many records each stream has",
            "default": 3, "minimum": 0, "maximum": 1_000_000, "order": 0})
    );
    assert_eq!(properties["token"]["airbyte_secret"], true);
    assert_eq!(properties["token"]["group"], "login");
    assert_eq!(properties["words"]["items"], json!({"type": "string"}));
    assert_eq!(properties["words"]["default"], json!(["plain"]));
    assert_eq!(properties["ratio"]["always_show"], true);
}

/// A user may paste a key in place of a command, a flag or a path.
#[test]
fn values_on_the_command_line_are_not_shown() {
    let connector = Connector::new(env!("CARGO_BIN_EXE_source-fixture"));
    let config = connector.file("good.json", "{}");
    for (arguments, secret) in [
        (vec!["9f86d081884c7d659a2feaa0c55ad015".into()], "9f86d081"),
        (
            vec!["check".into(), "--config".into(), config.clone(), "--sk_live_SECRETVAL99".into()],
            "SECRETVAL99",
        ),
        (vec!["check".into(), "--config".into(), config.clone(), "-k9f86d08188".into()], "9f86d08188"),
        (vec!["check".into(), "--config".into(), "api_key=sk_live_x".into()], "sk_live"),
        (vec!["check".into(), "--config".into(), "9f86d081884c7d659a2f".into()], "9f86d081"),
    ] {
        let run = connector.run(arguments);
        assert!(!format!("{}{}", run.stdout, run.stderr).contains(secret), "{run}");
    }
    for (arguments, shown) in [
        (vec!["chek".into()], "chek"),
        (vec!["read".into(), "--catalogue".into(), config.clone()], "--catalogue"),
        (
            vec!["check".into(), "--config".into(), "missing-2024-11-27.json".into()],
            "missing-2024-11-27.json",
        ),
    ] {
        let run = connector.run(arguments);
        assert!(format!("{}{}", run.stdout, run.stderr).contains(shown), "{run}");
    }
}

/// A parser that kept one of the values could restart the stream, or blank another secret than the one that is sent.
#[test]
fn output_of_discover_is_told_from_a_configured_catalog() {
    let connector = connector();
    let discovered = connector.discover(&json!({})).stdout;
    let line = discovered.lines().find(|line| line.contains(r#""type":"CATALOG""#)).unwrap();
    let (config, catalog) = (connector.file("good.json", "{}"), connector.file("catalog.json", line));
    let run =
        connector.run([Path::new("read"), "--config".as_ref(), &config, "--catalog".as_ref(), &catalog]);
    let message = run.errors()[0]["message"].as_str().unwrap().to_owned();
    assert!(message.contains("is the output of `discover`: write a configured catalog"), "{message}");
}

#[test]
fn duplicate_key_is_an_error_in_every_input_file() {
    let connector = connector();
    let good = connector.file("good.json", r#"{"count": 5}"#);
    let mut discovered = connector.discover(&json!({})).configured("incremental");
    discovered["streams"].as_array_mut().unwrap().retain(|entry| entry["stream"]["name"] == "numbers");
    let discovered = discovered.to_string();
    let catalog = connector.file("good_catalog.json", &discovered);
    let position =
        r#"{"stream_descriptor":{"name":"numbers","namespace":"math"},"stream_state":{"number":3}"#;
    for (flag, contents, key) in [
        ("--config", r#"{"token": "first-secret", "token": "other-secret"}"#.to_owned(), "`token`"),
        ("--config", r#"{"count": 5, "count": 5}"#.to_owned(), "`count`"),
        ("--catalog", discovered.replacen('{', r#"{"streams": [], "#, 1), "`streams`"),
        ("--state", r#"{"numbers": {"number": 3}, "numbers": {}}"#.to_owned(), "`numbers`"),
        (
            "--state",
            format!(r#"[{{"type":"STREAM","stream":{position},"stream_state":{{}}}}}}]"#),
            "`[0].stream.stream_state`",
        ),
        (
            "--state",
            format!("{{}}\n{{\"stream\":{position},\"stream_state\":{{\"number\":4}}}}}}"),
            "`[1].stream.stream_state`",
        ),
    ] {
        let file = connector.file("bad.json", contents);
        let mut arguments = vec!["read".into()];
        for (name, usual) in [("--config", Some(&good)), ("--catalog", Some(&catalog)), ("--state", None)] {
            let path = if name == flag { Some(&file) } else { usual };
            arguments.extend(path.into_iter().flat_map(|path| [name.into(), path.clone()]));
        }
        let run = connector.run(arguments);
        assert_eq!(run.exit_code, Some(1), "{run}");
        let message = run.errors()[0]["message"].as_str().unwrap().to_owned();
        assert!(message.contains(&format!("{key} occurs more than once")), "{message}");
        assert!(!format!("{}{}", run.stdout, run.stderr).contains("-secret"), "{run}");
    }
    // A position and a null are not a conflict.
    let state = connector
        .file("state.json", format!(r#"[{{"type":"STREAM","stream":{position},"stream_state":null}}}}]"#));
    let run = connector.run([
        "read".into(),
        "--config".into(),
        good,
        "--catalog".into(),
        catalog,
        "--state".into(),
        state,
    ]);
    let ids: Vec<Value> = run.records("numbers").iter().map(|record| record["id"].clone()).collect();
    assert_eq!(ids, [3, 4]);
}
