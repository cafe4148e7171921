//! Authentication against a server on loopback: which credentials are sent where, when a token is requested, and that
//! messages do not show them.
#![allow(clippy::unwrap_used, reason = "a test may panic in its helpers too")]

mod inputs;
mod proxies;
mod retries;
mod rotation;
mod server;
mod static_keys;
mod tokens;

use renamed_sdk::testing::{Connector, Run};
use serde_json::{Value, json};
use std::process::Command;

fn connector() -> Connector {
    Connector::new(env!("CARGO_BIN_EXE_authenticated")).skip_waits()
}

fn catalog(streams: &[&str]) -> Value {
    let streams = streams.iter().map(|name| {
        let stream = json!({"name": name, "json_schema": {}, "supported_sync_modes": ["full_refresh"]});
        json!({"stream": stream, "sync_mode": "full_refresh", "destination_sync_mode": "append"})
    });
    json!({"streams": streams.collect::<Vec<_>>()})
}

fn read(config: &Value, streams: &[&str]) -> Run {
    connector().read(config, &catalog(streams), None)
}

/// Returns a configuration with this authentication method.
fn config(url: &str, method: &str, more: &Value) -> Value {
    let mut config = json!({"api_url": url, "method": method});
    let fields = more.as_object().unwrap().clone();
    config.as_object_mut().unwrap().extend(fields);
    config
}

/// Returns all output except CONTROL messages, which contain the configuration.
fn output_without_control(run: &Run) -> String {
    let lines = run.stdout.lines().filter(|line| !line.contains("\"CONTROL\""));
    lines.chain(run.stderr.lines()).collect::<Vec<_>>().join("\n")
}

/// Reads with `--debug` and returns all output and the exit code.
fn debugged(connector: &Connector, config: &Value, streams: &[&str]) -> (String, Option<i32>) {
    let mut command: Command = connector.read_command(config, &catalog(streams), None);
    let output = command.arg("--debug").output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    (String::from_utf8(text).unwrap(), output.status.code())
}
