//! `cargo demo`: the stock ticker connector through its four commands, against the emulator or the real service.
#![expect(clippy::disallowed_methods, reason = "a tool for people: it prints, and shows files")]

use crate::connector::build;
use serde_json::{Value, json};
use std::error::Error;
use std::fmt::Display;
use std::io::Write;
use std::path::Path;
use std::process::Command;
use stock_api_emulator::{Emulator, Settings};

/// The variables that the vendor's own clients read.
const KEY_VARIABLES: [&str; 2] = ["MASSIVE_API_KEY", "POLYGON_API_KEY"];
const FOLDER: &str = "target/demo";

type Result<T> = std::result::Result<T, Box<dyn Error>>;

pub(crate) fn run() -> Result<()> {
    std::env::set_current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(".."))?;
    let program = build()?;
    std::fs::create_dir_all(FOLDER)?;

    let key = KEY_VARIABLES.iter().find_map(|name| std::env::var(name).ok().filter(|key| !key.is_empty()));
    let emulator = Emulator::start(Settings::default())?;
    let config = match &key {
        Some(key) => {
            say("Reading from the real service, with the key from your environment.")?;
            json!({"stock_ticker": "TSLA", "api_key": key})
        }
        None => {
            say(format!("Reading from an emulator of the service at {}.", emulator.url()))?;
            say(format!("(To read from the real one, put your key into {}.)", KEY_VARIABLES.join(" or ")))?;
            json!({"stock_ticker": "TSLA", "api_key": Settings::default().api_key, "api_url": emulator.url()})
        }
    };
    let result = Demo { program }.story(&config);
    if key.is_some() {
        // A real key is not left lying in a file.
        std::fs::remove_file(format!("{FOLDER}/config.json"))?;
    }
    result
}

struct Demo {
    program: String,
}

impl Demo {
    fn story(&self, config: &Value) -> Result<()> {
        write("config.json", config)?;
        let with_config = ["--config", "target/demo/config.json"];

        self.step("Which settings does the connector need?", "spec", &[])?;
        self.step("Do these settings work?", "check", &with_config)?;

        let catalogs = self.step("Which streams are there?", "discover", &with_config)?;
        let streams = catalogs
            .iter()
            .find(|message| message["type"] == "CATALOG")
            .map(|found| &found["catalog"]["streams"]);
        let streams = streams.and_then(Value::as_array).ok_or("no catalog came back")?;
        for mode in ["full_refresh", "incremental"] {
            let configure =
                |stream| json!({"stream": stream, "sync_mode": mode, "destination_sync_mode": "append"});
            let streams: Vec<Value> = streams.iter().map(configure).collect();
            write(&format!("{mode}.json"), &json!({"streams": streams}))?;
        }

        let everything = [&with_config[..], &["--catalog", "target/demo/full_refresh.json"]].concat();
        let question = "Read everything: the last seven days, since no start date is set.";
        let first = self.step(question, "read", &everything)?;
        let states: Vec<&Value> = first
            .iter()
            .filter(|message| message["type"] == "STATE")
            .map(|message| &message["state"])
            .collect();
        write("state.json", &json!([states.last().ok_or("no state came back")?]))?;
        say(format!("{} records. The last STATE is kept in {FOLDER}/state.json.", records(&first)))?;

        let news = ["--catalog", "target/demo/incremental.json", "--state", "target/demo/state.json"];
        let news = [&with_config[..], &news].concat();
        let second = self.step("Read what is new since then.", "read", &news)?;
        say(format!("{} records. (None means that no trading day has ended in between.)", records(&second)))?;
        Ok(())
    }

    /// Runs one command, shows it and what came back, and returns the messages.
    fn step(&self, question: &str, command: &str, arguments: &[&str]) -> Result<Vec<Value>> {
        let line = [&[self.program.as_str(), command], arguments].concat().join(" ");
        say(format!("\n# {question}\n$ {line}"))?;
        let output = Command::new(&self.program).arg(command).args(arguments).output()?;
        let stdout = String::from_utf8(output.stdout)?;
        say(format!("{stdout}{}", String::from_utf8_lossy(&output.stderr)).trim_end())?;
        if !output.status.success() {
            return Err(format!("`{command}` failed with {}", output.status).into());
        }
        stdout.lines().map(|line| Ok(serde_json::from_str(line)?)).collect()
    }
}

fn write(name: &str, value: &Value) -> Result<()> {
    Ok(std::fs::write(format!("{FOLDER}/{name}"), format!("{value:#}\n"))?)
}

fn records(messages: &[Value]) -> usize {
    messages.iter().filter(|message| message["type"] == "RECORD").count()
}

/// A reader that has gone, such as `head`, ends the demo.
fn say(text: impl Display) -> Result<()> {
    Ok(writeln!(std::io::stdout(), "{text}")?)
}
