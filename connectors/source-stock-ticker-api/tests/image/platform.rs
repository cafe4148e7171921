//! Complete runs of the commands, as the platform runs them.

use crate::api::{catalog, emulator_with};
use crate::messages::{config, days, days_before, last_state, messages, statuses};
use crate::pod::{Pod, Read, User};
use serde_json::{Value, json};

#[test]
#[ignore = "needs Docker and the image: cargo image source-stock-ticker-api"]
fn one_shot_commands_write_to_their_output_file() {
    let emulator = emulator_with(|_| {});
    let config = config(&emulator, &days_before(7));
    let spec: Value = serde_json::from_str(include_str!("../../spec.json")).unwrap();
    let streams: Value = serde_json::from_str(include_str!("../catalog.json")).unwrap();
    for user in User::ALL {
        for (command, key, expected) in [
            ("spec", "spec", &spec),
            (
                "check --config /config/connectionConfiguration.json",
                "connectionStatus",
                &json!({"status": "SUCCEEDED"}),
            ),
            ("discover --config /config/connectionConfiguration.json", "catalog", &streams),
        ] {
            let pod = Pod::one_shot(user, command, &config);
            let end = pod.end();
            assert_eq!(end.log, "/airbyte/source\n", "{user:?} {command}");
            assert_eq!((end.exit_code, end.exit_code_file.as_deref()), (Some(0), Some("0")));
            let output = messages(&pod.folder.read("jobOutput.json").unwrap());
            let results: Vec<&Value> = output.iter().filter(|message| message["type"] != "LOG").collect();
            assert_eq!(results.len(), 1, "{output:?}");
            assert_eq!(&results[0][key], expected, "{user:?}");
        }
    }
}

#[test]
#[ignore = "needs Docker and the image: cargo image source-stock-ticker-api"]
fn read_resumes_where_the_last_one_ended() {
    let emulator = emulator_with(|_| {});
    let config = config(&emulator, &days_before(60));
    let catalog = catalog("incremental");
    let read = |user, state: Option<&Value>| {
        let pod = Pod::read(&Read { user, state, ..Read::of(&config, &catalog) });
        let (stdout, stderr) = pod.read_all();
        let end = pod.end();
        assert_eq!((&*stderr, &*end.log), ("", "/airbyte/source\n"), "{user:?}");
        assert_eq!((end.exit_code, end.exit_code_file.as_deref()), (Some(0), Some("0")), "{stdout}");
        let messages = messages(&stdout);
        assert_eq!(statuses(&messages).last(), Some(&"COMPLETE"));
        messages
    };
    for user in User::ALL {
        let first = read(user, None);
        let all = days(&first);
        assert!(all.len() > 30, "{all:?}");
        let (last, records) = last_state(&first);
        assert_eq!(records, all.len());
        assert!(days(&read(user, Some(&last))).is_empty());
        let mut earlier = last;
        earlier[0]["stream"]["stream_state"]["partitions"]["TSLA"]["date"] = (*all[9]).into();
        assert_eq!(days(&read(user, Some(&earlier))), all[10..]);
    }
}

/// The platform's paths are absolute; those of a user who tries its script may be relative.
#[test]
#[ignore = "needs Docker and the image: cargo image source-stock-ticker-api"]
fn relative_path_is_relative_to_the_working_directory() {
    let emulator = emulator_with(|_| {});
    let (config, catalog) = (config(&emulator, &days_before(7)), catalog("full_refresh"));
    let paths = ["connectorConfig.json", "./catalog.json", ""];
    let pod = Pod::read(&Read { paths, ..Read::of(&config, &catalog) });
    let (stdout, _) = pod.read_all();
    assert_eq!(pod.end().exit_code, Some(0), "{stdout}");
    assert!(days(&messages(&stdout)).len() >= 3);
}

#[test]
#[ignore = "needs Docker and the image: cargo image source-stock-ticker-api"]
fn failed_read_has_an_error_trace_and_exit_code_1() {
    let emulator = emulator_with(|_| {});
    let mut config = config(&emulator, &days_before(7));
    config["api_key"] = "wrong-key-0815".into();
    let pod = Pod::read(&Read::of(&config, &catalog("full_refresh")));
    let (stdout, stderr) = pod.read_all();
    let end = pod.end();
    assert_eq!((end.exit_code, end.exit_code_file.as_deref(), &*stderr), (Some(1), Some("1"), ""));
    let messages = messages(&stdout);
    let errors: Vec<&Value> =
        messages.iter().map(|message| &message["trace"]["error"]).filter(|error| error.is_object()).collect();
    assert_eq!(errors.len(), 1, "{stdout}");
    assert_eq!(errors[0]["failure_type"], "config_error");
    assert_eq!(statuses(&messages).last(), Some(&"INCOMPLETE"));
}

/// Shows that the tests above depend on the variable.
#[test]
#[ignore = "needs Docker and the image: cargo image source-stock-ticker-api"]
fn image_without_airbyte_entrypoint_does_not_start() {
    let options = &["--env", "AIRBYTE_ENTRYPOINT="];
    let pod = Pod::read(&Read { options, ..Read::of(&json!({}), &json!({})) });
    assert_eq!(pod.end().exit_code, Some(127));
}
