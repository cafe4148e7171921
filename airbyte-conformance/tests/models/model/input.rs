//! The command line and the input files.

use crate::Stop;
use serde_json::{Map, Value};

#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Command {
    Spec,
    Check,
    Discover,
    Read,
}

/// The command, and the paths of its files; empty for a file that it does not need.
pub(crate) struct Options {
    pub(crate) command: Command,
    pub(crate) config: String,
    pub(crate) catalog: String,
    pub(crate) state: Option<String>,
}

impl Options {
    pub(crate) fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self, Stop> {
        let command = match arguments.next().as_deref() {
            Some("spec") => Command::Spec,
            Some("check") => Command::Check,
            Some("discover") => Command::Discover,
            Some("read") => Command::Read,
            _ => return Err(Stop::Usage),
        };
        let mut options = Self { command, config: String::new(), catalog: String::new(), state: None };
        while let Some(option) = arguments.next() {
            match option.as_str() {
                "--debug" => {}
                "--config" => options.config = arguments.next().unwrap_or_default(),
                "--catalog" => options.catalog = arguments.next().unwrap_or_default(),
                "--state" => options.state = Some(arguments.next().ok_or(Stop::Usage)?),
                _ => return Err(Stop::Usage),
            }
        }
        let lacks_config = command != Command::Spec && options.config.is_empty();
        let lacks_catalog = command == Command::Read && options.catalog.is_empty();
        if lacks_config || lacks_catalog { Err(Stop::Usage) } else { Ok(options) }
    }
}

/// The configuration, with the default of `place`.
pub(crate) struct Config {
    pub(crate) fields: Map<String, Value>,
    pub(crate) token: String,
}

impl Config {
    /// Returns whether the API does not respond.
    pub(crate) fn is_nowhere(&self) -> bool {
        self.fields.get("place").is_some_and(|place| place == "nowhere")
    }
}

/// Returns the JSON in a file, and null for an empty file.
fn load(path: &str, what: &str) -> Result<Value, Stop> {
    let bytes = std::fs::read(path).map_err(|_| Stop::config(format!("there is no {what}")))?;
    let text = String::from_utf8(bytes).map_err(|error| Stop::crash(error.to_string()))?;
    if text.trim().is_empty() {
        return Ok(Value::Null);
    }
    serde_json::from_str(&text).map_err(|_| Stop::config(format!("the {what} is not JSON")))
}

pub(crate) fn config(path: &str) -> Result<Config, Stop> {
    let Value::Object(mut fields) = load(path, "configuration")? else {
        return Err(Stop::crash("the configuration is no object"));
    };
    let Some(token) = fields.get("token").and_then(Value::as_str).map(str::to_owned) else {
        return Err(Stop::config("`token` is missing or no text"));
    };
    if !fields.entry("place").or_insert_with(|| "here".into()).is_string() {
        return Err(Stop::config("`place` is no text"));
    }
    Ok(Config { fields, token })
}

/// Returns the configured streams.
pub(crate) fn catalog(path: &str) -> Result<Vec<Value>, Stop> {
    let catalog = load(path, "catalog")?;
    let streams = get(&catalog, "streams")?.as_array().ok_or_else(|| Stop::crash("`streams` is no array"))?;
    for configured in streams {
        let mode = get(configured, "sync_mode")?;
        if mode != "full_refresh" && mode != "incremental" {
            let mode = mode.as_str().map_or_else(|| mode.to_string(), str::to_owned);
            return Err(Stop::config(format!("there is no sync mode {mode}")));
        }
    }
    Ok(streams.clone())
}

/// Returns the states in a file, and none if it has no array.
pub(crate) fn states(path: &str) -> Result<Vec<Value>, Stop> {
    match load(path, "state")? {
        Value::Array(states) => Ok(states),
        _ => Ok(Vec::new()),
    }
}

/// Returns a field of an object; without it, the connector crashes.
pub(crate) fn get<'a>(value: &'a Value, field: &str) -> Result<&'a Value, Stop> {
    value.get(field).ok_or_else(|| Stop::crash(format!("there is no `{field}`")))
}

pub(crate) fn get_text<'a>(value: &'a Value, field: &str) -> Result<&'a str, Stop> {
    get(value, field)?.as_str().ok_or_else(|| Stop::crash(format!("`{field}` is no text")))
}
