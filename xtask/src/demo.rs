//! `cargo demo`: runs the four commands of the stock ticker connector against the emulator or the real API.
#![expect(clippy::disallowed_methods, reason = "a command-line tool")]

use crate::connector::build;
use serde_json::{Value, json};
use std::error::Error;
use std::fmt::Display;
use std::io::Write;
use std::path::Path;
use std::process::Command;
use stock_api_emulator::{Emulator, Settings};

/// The variables that the vendor's own clients use.
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
            print("Reading from the real API, with the key from your environment.")?;
            json!({"stock_ticker": "TSLA", "api_key": key})
        }
        None => {
            print(format!("Reading from an emulator of the API at {}.", emulator.url()))?;
            print(format!("(To read from the real API, set {} to your key.)", KEY_VARIABLES.join(" or ")))?;
            json!({"stock_ticker": "TSLA", "api_key": Settings::default().api_key, "api_url": emulator.url()})
        }
    };
    let result = Demo { program }.run(&config);
    if key.is_some() {
        // Do not leave a real key in a file.
        std::fs::remove_file(format!("{FOLDER}/config.json"))?;
    }
    result
}

struct Demo {
    program: String,
}

impl Demo {
    fn run(&self, config: &Value) -> Result<()> {
        write("config.json", config)?;
        let with_config = ["--config", "target/demo/config.json"];

        self.step("Print the connector's specification: the settings it needs.", "spec", &[])?;
        self.step("Check whether the configuration works.", "check", &with_config)?;

        let catalogs = self.step("Print the catalog of available streams.", "discover", &with_config)?;
        let streams = catalogs
            .iter()
            .find(|message| message["type"] == "CATALOG")
            .map(|found| &found["catalog"]["streams"]);
        let streams = streams.and_then(Value::as_array).ok_or("`discover` returned no catalog")?;
        for mode in ["full_refresh", "incremental"] {
            let configure =
                |stream| json!({"stream": stream, "sync_mode": mode, "destination_sync_mode": "append"});
            let streams: Vec<Value> = streams.iter().map(configure).collect();
            write(&format!("{mode}.json"), &json!({"streams": streams}))?;
        }

        let everything = [&with_config[..], &["--catalog", "target/demo/full_refresh.json"]].concat();
        let title = "Read everything: the last seven days, since no start date is set.";
        let first = self.step(title, "read", &everything)?;
        let states: Vec<&Value> = first
            .iter()
            .filter(|message| message["type"] == "STATE")
            .map(|message| &message["state"])
            .collect();
        write("state.json", &json!([states.last().ok_or("`read` returned no state")?]))?;
        print(format!("{} records. The last STATE is saved in {FOLDER}/state.json.", records(&first)))?;

        let new = ["--catalog", "target/demo/incremental.json", "--state", "target/demo/state.json"];
        let new = [&with_config[..], &new].concat();
        let second = self.step("Read only what is new since then.", "read", &new)?;
        print(format!(
            "{} records. (None are expected until another trading day has ended.)",
            records(&second)
        ))?;
        Ok(())
    }

    /// Runs one command, prints it and its output, and returns the messages.
    fn step(&self, title: &str, command: &str, arguments: &[&str]) -> Result<Vec<Value>> {
        let line = [&[self.program.as_str(), command], arguments].concat().join(" ");
        print(format!("\n# {title}\n$ {line}"))?;
        let output = Command::new(&self.program).arg(command).args(arguments).output()?;
        let stdout = String::from_utf8(output.stdout)?;
        print(format!("{stdout}{}", String::from_utf8_lossy(&output.stderr)).trim_end())?;
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

/// Fails if the reader, such as `head`, closed the pipe.
fn print(text: impl Display) -> Result<()> {
    Ok(writeln!(std::io::stdout(), "{text}")?)
}
