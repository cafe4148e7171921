//! Acceptance tests: a correct connector passes every entry of its `acceptance-test-config.yml`, one with a fault fails the entry
//! about it, and an invalid file fails.
#![cfg(unix)]
#![expect(clippy::expect_used, reason = "a test may panic in its helpers")]

use airbyte_conformance::{Acceptance, AcceptanceReport, Subject};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A file with every section.
const WHOLE: &str = "
acceptance_tests:
  spec:
    tests: [{config_path: good.json, spec_path: spec.json}]
  connection:
    tests:
      - {config_path: good.json}
      - {config_path: wrong.json, status: failed}
      - {config_path: away.json, status: exception, timeout_seconds: 10}
  discovery:
    tests: [{config_path: good.json}]
  basic_read:
    tests: [{config_path: good.json, empty_streams: [{name: pages}]}]
  full_refresh:
    tests: [{config_path: good.json}]
  incremental:
    tests: [{config_path: good.json, future_state: {future_state_path: future.json}}]
";

/// A folder that is removed on drop.
struct Folder(PathBuf);

impl Folder {
    fn new(file: &str) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("acceptance-{}-{}", std::process::id(), COUNT.fetch_add(1, Relaxed));
        let folder = Self(std::env::temp_dir().join(name));
        std::fs::create_dir_all(&folder.0).expect("a folder");
        folder.write("acceptance-test-config.yml", file);
        folder
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.0.join(name), text).expect("a file");
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn config(city: &str) -> Value {
    json!({"city": city, "login": {"kind": "token", "token": "t0ken/4711+x"}, "units": "metric"})
}

/// The model connector, with one fault.
fn model(fault: &str) -> Subject {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs().to_string();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/models/model.sh");
    Subject::new("sh").arguments([script, fault, &now]).time_limit(Duration::from_secs(10))
}

/// Returns the spec that the model prints.
fn spec() -> String {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/models/model.sh");
    let output = std::process::Command::new("sh").args([script, "none", "0", "spec"]).output();
    let message: Value = serde_json::from_slice(&output.expect("the model runs").stdout).expect("a message");
    message["spec"].to_string()
}

fn accept_in(folder: &Path, fault: &str) -> AcceptanceReport {
    let acceptance = Acceptance::new(model(fault), folder);
    let acceptance = acceptance.config("good.json", config("Oslo")).config("wrong.json", config("Atlantis"));
    acceptance.config("away.json", config("Brigadoon")).run()
}

fn accept(file: &str, fault: &str) -> AcceptanceReport {
    let folder = Folder::new(file);
    folder.write("spec.json", &spec());
    folder.write(
        "future.json",
        &json!([{"type": "STREAM", "stream": {"stream_descriptor": {"name": "users"}, "stream_state": {"day": "2999-12-31"}}}]).to_string(),
    );
    accept_in(&folder.0, fault)
}

/// Returns the lines of the table with this prefix, without its padding.
fn lines(report: &AcceptanceReport, begin: &str) -> Vec<String> {
    let text = report.to_string();
    let lines = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    lines.filter(|line| line.starts_with(begin)).collect()
}

#[test]
fn correct_connector_passes_every_entry() {
    let report = accept(WHOLE, "none");
    report.assert_passed();
    for line in [
        "spec good.json passed: the same as spec.json",
        "connection good.json: succeed passed",
        "connection wrong.json: failed passed: \"Atlantis is under water\"",
        "connection away.json: exception passed: \"Brigadoon is not there today\"",
        "discovery good.json passed: 3 streams: users, shop.tags, pages",
        "basic_read good.json passed: 12 records",
        "full_refresh good.json passed: 12 records, twice",
        "incremental good.json passed: 12 records, 7 states, resumed from each, and from one in the future",
        "conformance the other rules of the protocol passed: 93 clauses, 2 not applicable",
    ] {
        assert_eq!(lines(&report, line), [line], "{report}");
    }
}

#[test]
fn fault_fails_the_entry_about_it() {
    for (fault, section) in [
        ("one_spec", "spec"),
        ("spec_types", "spec"),
        ("check_succeeds", "connection good.json"),
        ("failed_check_has_a_message", "connection wrong.json"),
        ("unreachable_check_is_transient", "connection away.json"),
        ("one_catalog", "discovery"),
        ("values_match_their_types", "basic_read"),
        ("plain_reads_succeed", "full_refresh"),
        ("resuming_loses_nothing", "incremental"),
        ("last_state_is_used", "incremental"),
        ("future_state_gives_no_records", "incremental"),
        ("usage_on_stderr", "conformance"),
    ] {
        let report = accept(WHOLE, fault);
        let failed = |line: &&String| line.contains("FAILED");
        assert!(
            !report.passed() && lines(&report, section).iter().any(|line| failed(&line)),
            "{fault}\n{report}"
        );
    }
}

#[test]
fn first_difference_from_the_expected_spec_is_named() {
    let folder =
        Folder::new("acceptance_tests: {spec: {tests: [{config_path: good.json, spec_path: spec.json}]}}");
    folder.write("spec.json", &spec().replace("\"City\"", "\"Town\""));
    let report = accept_in(&folder.0, "none");
    let text = report.to_string();
    let place = "spec.json differs at /connectionSpecification/properties/city/title";
    assert!(!report.passed() && text.contains(place) && !text.contains("the same as"), "{text}");
}

#[test]
fn configuration_that_violates_the_spec_is_reported_without_values() {
    let folder = Folder::new("acceptance_tests: {spec: {tests: [{config_path: odd.json}]}}");
    folder.write("odd.json", "{\"login\": {\"kind\": \"none\"}, \"units\": 4711}");
    let report = accept_in(&folder.0, "none");
    let text = report.to_string();
    assert!(
        text.contains("`city` is missing") && text.contains("`units` does not match its schema in the spec"),
        "{text}"
    );
    assert!(!report.passed() && !text.contains("4711"), "{text}");
}

#[test]
fn stream_without_records_must_be_in_empty_streams() {
    let catalog = |name: &str| {
        let schema = json!({"type": "object", "properties": {"id": {"type": "integer"}}});
        let stream = json!({"name": name, "json_schema": schema, "supported_sync_modes": ["full_refresh"]});
        json!({"streams": [{"stream": stream, "sync_mode": "full_refresh", "destination_sync_mode": "append"}]})
    };
    let test = "{config_path: good.json, configured_catalog_path: catalog.json}";
    let folder = Folder::new(&format!("acceptance_tests: {{basic_read: {{tests: [{test}]}}}}"));
    folder.write("catalog.json", &catalog("users").to_string());
    let line = "basic_read good.json passed: 6 records";
    assert_eq!(lines(&accept_in(&folder.0, "none"), "basic_read"), [line]);
    folder.write("catalog.json", &catalog("ghosts").to_string());
    let text = accept_in(&folder.0, "none").to_string();
    assert!(text.contains("no record of ghosts") && text.contains("there is no stream ghosts"), "{text}");
}

#[test]
fn all_mistakes_in_the_file_are_reported() {
    let report = accept(
        "
acceptance_tests:
  conection: {tests: []}
  discovery: {tests: [{config_path: good.json}]}
  connection:
    tests:
      - {config_path: good.json, statsu: failed}
      - {status: perhaps}
  basic_read: {}
  full_refresh: {bypass_reason: it is slow}
  incremental: {tests: [{config_path: absent.json}]}
",
        "none",
    );
    let text = report.to_string();
    for said in [
        "unknown section `conection`; expected one of: spec, connection, discovery, basic_read, full_refresh, incremental",
        "`connection`, test 1: unknown key `statsu`; expected one of: bypass_reason, config_path, deployment_mode, timeout_seconds, status",
        "secrets/config.json: No such file or directory",
        "`connection`, test 2: `status` must be succeed, failed or exception",
        "`basic_read` has neither `tests` nor a `bypass_reason`",
        "not tested: it is slow",
        "absent.json: No such file or directory",
    ] {
        assert!(text.contains(said), "{said}\n{text}");
    }
    assert!(!report.passed());
    assert!(lines(&report, "discovery")[0].contains("passed"), "{text}");
}

/// As in the files of Airbyte's own connectors: the default configuration, booleans of YAML 1.1, and keys that are ignored.
#[test]
fn keys_of_airbytes_own_files_are_supported_or_ignored() {
    let file = "
connector_image: airbyte/source-model:dev
test_strictness_level: high
custom_environment_variables: {MODEL: 1}
acceptance_tests:
  spec:
    tests:
      - spec_path: spec.yaml
        deployment_mode: oss
        auth_default_method: {oauth: false, bypass_reason: there is none}
        backward_compatibility_tests_config: {disable_for_version: 0.1.0}
  connection:
    tests:
      - status: succeed
      - {config_path: wrong.json, status: failed}
  discovery:
    tests: [{backward_compatibility_tests_config: {previous_connector_version: 0.1.0}}]
  basic_read:
    tests:
      - expect_records: {path: expected.jsonl, extra_fields: no, exact_order: no, extra_records: yes}
        empty_streams: [{name: events, bypass_reason: they are old}, pages]
        ignored_fields: {users: [{name: address/street, bypass_reason: people move}]}
        fail_on_extra_columns: false
        file_types: {skip_test: true, bypass_reason: there are no files}
        client_container_config: {client_container_dockerfile_path: Dockerfile}
  full_refresh:
    tests: [{ignored_fields: {users: [{name: score}]}}]
  incremental:
    tests:
      - future_state: {future_state_path: future.json, missing_streams: [{name: pages}]}
        cursor_paths: {users: [day]}
        skip_comprehensive_incremental_tests: true
  connector_attributes: {tests: [{streams_without_primary_key: [{name: pages}]}]}
";
    let folder = Folder::new(file);
    std::fs::create_dir_all(folder.0.join("secrets")).expect("a folder");
    folder.write("secrets/config.json", &config("Oslo").to_string());
    folder.write("spec.yaml", &spec());
    folder.write(
        "future.json",
        &json!([{"type": "STREAM", "stream": {"stream_descriptor": {"name": "users"}, "stream_state": {"day": "2999-12-31"}}}]).to_string(),
    );
    let record = json!({"stream": "users", "data": {"id": 3, "day": "2024-01-03", "seen_at": "2024-01-03T08:00:00Z",
        "score": 3.5, "address": {"street": "another street"}}});
    folder.write("expected.jsonl", &format!("{record}\n\n"));
    let report = accept_in(&folder.0, "none");
    report.assert_passed();
    for line in [
        "spec secrets/config.json passed: the same as spec.yaml, ignored: auth_default_method (the order of login methods is not tested), backward_compatibility_tests_config (earlier versions are not tested)",
        "connection secrets/config.json: succeed passed",
        "basic_read secrets/config.json passed: 12 records, compared with expected.jsonl, skipped as fail_on_extra_columns says, ignored: client_container_config (no additional container is run), file_types (file types are not tested)",
        "full_refresh secrets/config.json passed: 12 records, twice",
        "incremental secrets/config.json passed: 12 records, 7 states, resumed from the last, and from one in the future, ignored: cursor_paths (cursor values in a state are found by the name of the cursor)",
    ] {
        assert_eq!(lines(&report, line), [line], "{report}");
    }
}

#[test]
fn expected_records_are_compared() {
    let user = |id: u32| json!({"stream": "users", "data": {"id": id, "day": format!("2024-01-0{id}")}});
    let read = |options: &str, expected: &[Value]| {
        let test = format!(
            "{{config_path: good.json, empty_streams: [{{name: pages}}], expect_records: {{path: expected.jsonl, {options}}}}}"
        );
        let folder = Folder::new(&format!("acceptance_tests: {{basic_read: {{tests: [{test}]}}}}"));
        let lines: Vec<String> = expected.iter().map(Value::to_string).collect();
        folder.write("expected.jsonl", &lines.join("\n"));
        accept_in(&folder.0, "none").to_string()
    };
    let rule = "the records are the expected ones";
    assert!(!read("extra_fields: yes", &[user(6), user(2)]).contains(rule));
    for (options, expected, said) in [
        ("extra_fields: no", vec![user(2)], "1 of 1 records of users are missing, such as {\"id\":2"),
        ("extra_fields: yes", vec![user(2), user(7)], "1 of 2 records of users are missing"),
        ("extra_fields: yes, exact_order: yes", vec![user(2), user(1)], "record 1 of users differs"),
        ("extra_fields: yes, extra_records: no", vec![user(2)], "6 records of users instead of 1"),
    ] {
        let text = read(options, &expected);
        assert!(text.contains(rule) && text.contains(said), "{options}: {text}");
    }
}

#[test]
fn clause_is_skipped_by_an_option_of_the_entry() {
    for (fault, option) in [
        ("values_match_their_types", "validate_schema: no"),
        ("record_fields_are_in_the_schema", "fail_on_extra_columns: false"),
        ("statuses_in_order", "validate_stream_statuses: false"),
        ("record_counts_match", "validate_state_messages: false"),
    ] {
        let read = |option: &str| {
            let test = format!("{{config_path: good.json, empty_streams: [{{name: pages}}], {option}}}");
            let report = accept(&format!("acceptance_tests: {{basic_read: {{tests: [{test}]}}}}"), fault);
            lines(&report, "basic_read").concat()
        };
        assert!(read(option).contains("passed"), "{}", read(option));
        assert!(read("validate_data_points: no").contains("FAILED"), "{fault}");
    }
    let test = "{config_path: good.json, empty_streams: [{name: pages}], validate_data_points: yes}";
    let report = accept(&format!("acceptance_tests: {{basic_read: {{tests: [{test}]}}}}"), "none");
    assert!(report.to_string().contains("note of users is always null or missing"), "{report}");
}

#[test]
fn missing_file_or_connector_fails() {
    let folder = Folder::new("acceptance_tests: [}");
    let text = accept_in(&folder.0, "none").to_string();
    assert!(text.contains("it is not YAML"), "{text}");
    let text = accept("connector_image: x", "none").to_string();
    assert!(text.contains("`acceptance_tests` is missing"), "{text}");
    let report = accept_in(Path::new("/no/such/folder"), "none");
    assert!(!report.passed() && report.to_string().contains("No such file"), "{report}");
    let report = Acceptance::new(Subject::new("/no/such/program"), &folder.0).run();
    assert!(!report.passed() && report.to_string().contains("/no/such/program does not start"), "{report}");
    // Every section is bypassed.
    let report = accept("acceptance_tests: {spec: {bypass_reason: no time}}", "none");
    assert!(!report.passed(), "{report}");
}

#[test]
#[should_panic(expected = "the acceptance tests fail")]
fn faulty_connector_fails_the_assertion() {
    accept(WHOLE, "one_spec").assert_passed();
}
