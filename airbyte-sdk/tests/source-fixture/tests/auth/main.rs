//! Signing in, against a service on loopback: what is sent where, when a token is asked for, and what is seen of it.
#![allow(clippy::unwrap_used, reason = "a test may panic in its helpers too")]

mod inputs;
mod proxies;
mod retries;
mod rotation;
mod service;
mod static_keys;
mod tokens;

use renamed_sdk::testing::{Connector, Run};
use serde_json::{Value, json};
use std::process::Command;

fn connector() -> Connector {
    Connector::new(env!("CARGO_BIN_EXE_signed")).skip_waits()
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

/// The configuration of a way to sign in.
fn config(url: &str, way: &str, more: &Value) -> Value {
    let mut config = json!({"api_url": url, "way": way});
    let fields = more.as_object().unwrap().clone();
    config.as_object_mut().unwrap().extend(fields);
    config
}

/// What is told of the run, without the messages that carry the configuration back.
fn told(run: &Run) -> String {
    let lines = run.stdout.lines().filter(|line| !line.contains("\"CONTROL\""));
    lines.chain(run.stderr.lines()).collect::<Vec<_>>().join("\n")
}

/// Runs it with everything told that can be told.
fn debugged(connector: &Connector, config: &Value, streams: &[&str]) -> (String, Option<i32>) {
    let mut command: Command = connector.read_command(config, &catalog(streams), None);
    let output = command.arg("--debug").output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    (String::from_utf8(text).unwrap(), output.status.code())
}
