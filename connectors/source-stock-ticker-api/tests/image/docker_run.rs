//! `docker run IMAGE COMMAND`, as users and test kits call it: by the entry point, with files mounted anywhere.

use crate::api::{catalog, emulator_with};
use crate::docker::{Folder, docker, image};
use crate::messages::{config, days, days_before, messages, statuses};
use serde_json::Value;

/// Runs a command of the image, asserts that it succeeds, and returns its messages.
fn run(options: &[&str], command: &[&str]) -> Vec<Value> {
    let image = image();
    let output = docker([&["run", "--rm", "--network", "host"], options, &[&*image], command].concat());
    let [stdout, stderr] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    assert_eq!((output.status.code(), &*stderr), (Some(0), ""), "{stdout}");
    assert!(stdout.ends_with('\n'));
    messages(&stdout)
}

#[test]
#[ignore = "needs Docker and the image: cargo image source-stock-ticker-api"]
fn all_commands_work_with_any_mount_path() {
    let emulator = emulator_with(|_| {});
    let folder = Folder::new();
    folder.write("config.json", &config(&emulator, &days_before(30)).to_string());
    folder.write("catalog.json", &catalog("full_refresh").to_string());
    let [writable, readable, below] =
        ["/secrets", "/secrets:ro", "/airbyte/secrets:ro"].map(|place| folder.mounted_at(place));
    let spec: Value = serde_json::from_str(include_str!("../../spec.json")).unwrap();
    let streams: Value = serde_json::from_str(include_str!("../catalog.json")).unwrap();

    assert_eq!(run(&[], &["spec"])[0]["spec"], spec);
    // A relative path is relative to the working directory, the home of the image's user.
    for (mount, config, catalog) in [
        (writable, "/secrets/config.json", "/secrets/catalog.json"),
        (readable, "/secrets/config.json", "/secrets/catalog.json"),
        (below, "secrets/config.json", "./secrets/catalog.json"),
    ] {
        let options = ["--volume", &mount];
        let check = run(&options, &["check", "--config", config]);
        assert_eq!(check[0]["connectionStatus"]["status"], "SUCCEEDED", "{check:?}");
        let discover = run(&options, &["discover", "--config", config]);
        assert_eq!(discover[0]["catalog"], streams);
        let read = run(&options, &["read", "--config", config, "--catalog", catalog]);
        assert!(days(&read).len() > 15, "{read:?}");
        assert_eq!(statuses(&read).last(), Some(&"COMPLETE"));
    }
}

#[test]
#[ignore = "needs Docker and the image: cargo image source-stock-ticker-api"]
fn unmounted_file_is_named() {
    let check = run(&[], &["check", "--config", "/secrets/config.json"]);
    let status = &check[0]["connectionStatus"];
    assert_eq!(status["status"], "FAILED", "{check:?}");
    assert!(status["message"].as_str().unwrap().contains("/secrets/config.json"), "{status}");
}
