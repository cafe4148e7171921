//! A read: its states and messages, and the faults about them. What each stream reads is in `streams`.

use crate::input::{Config, get, get_text};
use crate::output::{Output, now, now_with_a_point};
use crate::{Stop, data, has};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

pub(crate) struct Read<'a> {
    pub(crate) output: &'a mut Output,
    config: Config,
    configured: Vec<Value>,
    pub(crate) names: Vec<String>,
    /// The given state of each stream, by its name.
    given: BTreeMap<String, Value>,
    is_global: bool,
    /// How many records of each stream were sent since the last state.
    counts: BTreeMap<String, u32>,
    /// The last state of each stream.
    current: Vec<Value>,
    has_failed: bool,
}

impl<'a> Read<'a> {
    pub(crate) fn new(
        output: &'a mut Output,
        config: Config,
        configured: Vec<Value>,
        mut states: Vec<Value>,
    ) -> Result<Self, Stop> {
        if states.iter().any(|state| !state.is_object()) {
            return Err(Stop::crash("a state is no object"));
        }
        if has("states_by_order") {
            states.retain(|state| state.get("stream").is_some());
            states.truncate(configured.len());
            for (state, configured) in states.iter_mut().zip(&configured) {
                let entry = state["stream"].as_object_mut().ok_or_else(|| Stop::crash("no object"))?;
                entry.insert("stream_descriptor".to_owned(), get(configured, "stream")?.clone());
            }
        }
        let names =
            configured.iter().map(|configured| Ok(get_text(get(configured, "stream")?, "name")?.to_owned()));
        let names = names.collect::<Result<_, Stop>>()?;
        let mut read = Self {
            output,
            config,
            configured,
            names,
            given: BTreeMap::new(),
            is_global: false,
            counts: BTreeMap::new(),
            current: Vec::new(),
            has_failed: false,
        };
        for state in &states {
            match state.get("type").and_then(Value::as_str) {
                Some("GLOBAL") => {
                    read.is_global = true;
                    let entries = get(state, "global")?.get("stream_states").and_then(Value::as_array);
                    for entry in entries.into_iter().flatten() {
                        read.take(entry)?;
                    }
                }
                Some("STREAM") => read.take(get(state, "stream")?)?,
                _ => {}
            }
        }
        if read.is_global && has("global_is_ignored") {
            read.given.clear();
        }
        Ok(read)
    }

    /// Keeps the state of a stream.
    fn take(&mut self, entry: &Value) -> Result<(), Stop> {
        let descriptor = get(entry, "stream_descriptor")?;
        let name = get_text(descriptor, "name")?;
        let namespace = descriptor.get("namespace").and_then(Value::as_str).unwrap_or_default();
        if !["", "paint"].contains(&namespace) && !has("namespaces_are_ignored") {
            return Ok(());
        }
        if let Some(Value::Object(state)) = entry.get("stream_state")
            && !state.is_empty()
            && !state.keys().any(|key| key.starts_with("__ab_"))
        {
            self.given.insert(name.to_owned(), Value::Object(state.clone()));
        }
        Ok(())
    }

    /// Reads the streams, and returns the exit code.
    pub(crate) fn run(mut self) -> Result<u8, Stop> {
        if has("mixed_estimates") {
            for kind in ["STREAM", "SYNC"] {
                let estimate = json!({"name": "orders", "type": kind, "row_estimate": 9});
                self.output.trace("ESTIMATE", "estimate", estimate)?;
            }
        }
        if has("unknown_trace") {
            self.output.trace("WEATHER", "weather", json!({"sky": "grey"}))?;
        }
        if has("bad_estimate") {
            self.output.trace("ESTIMATE", "estimate", json!({"name": 5, "type": "NOPE"}))?;
        }
        self.leak_secrets()?;
        if has("endless") {
            self.output.flood()?;
        }
        for configured in std::mem::take(&mut self.configured) {
            self.read(&configured)?;
        }
        Ok(self.has_failed.into())
    }

    #[expect(clippy::print_stderr, reason = "this is the fault")]
    fn leak_secrets(&mut self) -> Result<(), Stop> {
        let token = self.config.token.clone();
        if has("leaks_basic") {
            let encoded = STANDARD.encode(format!("me:{token}"));
            self.output.log(&format!("Authorization: Basic {encoded}"))?;
        }
        if has("leaks_hex") {
            let encoded: String = token.bytes().map(|byte| format!("{byte:02x}")).collect();
            self.output.log(&format!("token {encoded}"))?;
        }
        if has("leaks_in_a_trace") {
            self.output.trace("ANALYTICS", "analytics", json!({"type": "login", "value": token}))?;
        }
        if has("leaks_on_stderr") {
            eprintln!("GET /orders?token={token}");
        }
        if has("leaks_a_new_token") {
            let mut config = self.config.fields.clone();
            config.insert("token".to_owned(), "n3w-token-of-2026".into());
            let control = json!({
                "type": "CONNECTOR_CONFIG",
                "emitted_at": now_with_a_point(),
                "connectorConfig": {"config": config},
            });
            self.output.say("CONTROL", "control", control)?;
            self.output.log("from now on: n3w-token-of-2026")?;
        }
        Ok(())
    }

    fn status(&mut self, descriptor: &Value, status: &str) -> Result<(), Stop> {
        let status = json!({"stream_descriptor": descriptor, "status": status});
        self.output.trace("STREAM_STATUS", "stream_status", status)
    }

    /// Sends the selected fields of a record.
    pub(crate) fn record(&mut self, configured: &Value, data: &Value) -> Result<(), Stop> {
        let described = get(configured, "stream")?;
        let name = get_text(described, "name")?;
        let selected = get(get(described, "json_schema")?, "properties")?;
        let fields =
            data.as_object().into_iter().flatten().filter(|(field, _)| selected.get(field).is_some());
        let data: Map<String, Value> = fields.map(|(field, value)| (field.clone(), value.clone())).collect();
        let mut record = json!({"stream": name, "data": data, "emitted_at": now()});
        if let Some(namespace) = namespace(described) {
            record["namespace"] = namespace.into();
        }
        self.output.say("RECORD", "record", record)?;
        *self.counts.entry(name.to_owned()).or_default() += 1;
        Ok(())
    }

    pub(crate) fn state(&mut self, descriptor: &Value, state: Value) -> Result<(), Stop> {
        let name = get_text(descriptor, "name")?;
        let mut descriptor = descriptor.clone();
        if has("swapped_descriptors")
            && ["orders", "customers"].iter().all(|name| self.names.iter().any(|other| other == name))
        {
            match name {
                "orders" => descriptor["name"] = "customers".into(),
                "customers" => descriptor["name"] = "orders".into(),
                _ => {}
            }
        }
        let entry = json!({"stream_descriptor": descriptor, "stream_state": state});
        match self.current.iter_mut().find(|current| current["stream_descriptor"] == descriptor) {
            Some(current) => *current = entry.clone(),
            None => self.current.push(entry.clone()),
        }
        let (count, mut body) = if has("global") {
            let count = std::mem::take(&mut self.counts).into_values().sum();
            let global = json!({"shared_state": {}, "stream_states": self.current});
            (count, json!({"type": "GLOBAL", "global": global}))
        } else {
            (self.counts.remove(name).unwrap_or_default(), json!({"type": "STREAM", "stream": entry}))
        };
        if !has("swapped_descriptors") {
            body["sourceStats"] = json!({"recordCount": f64::from(count)});
        }
        self.output.say("STATE", "state", body)
    }

    fn read(&mut self, configured: &Value) -> Result<(), Stop> {
        let described = get(configured, "stream")?;
        let name = get_text(described, "name")?;
        let mut descriptor = json!({"name": name});
        if let Some(namespace) = namespace(described) {
            descriptor["namespace"] = namespace.into();
        }
        if !["orders", "customers", "visits", "colours", "pages"].contains(&name) {
            self.output.error(&format!("there is no stream {name}"), "config_error", Some(&descriptor))?;
            self.has_failed = true;
            return self.status(&descriptor, "INCOMPLETE");
        }
        self.status(&descriptor, "STARTED")?;
        if self.config.is_nowhere() {
            if has("failed_read_moves_state") && name == "customers" {
                self.state(&descriptor, json!({"seen": data::customers()[3]["seen"]}))?;
            }
            self.output.error("the API does not respond", "transient_error", Some(&descriptor))?;
            self.has_failed = true;
            return self.status(&descriptor, "INCOMPLETE");
        }
        self.status(&descriptor, "RUNNING")?;
        let is_the_end = has("any_state_is_the_end")
            || has("any_state_of_customers_is_the_end") && name == "customers"
            || has("global_is_the_end") && self.is_global;
        match self.given.get(name).cloned() {
            Some(given) if is_the_end => self.state(&descriptor, given)?,
            given => {
                let given = given.unwrap_or_else(|| json!({}));
                match name {
                    "orders" => self.read_orders(configured, &descriptor, &given)?,
                    "customers" => self.read_customers(configured, &descriptor, &given)?,
                    "visits" => self.read_visits(configured, &descriptor, &given)?,
                    "colours" => self.read_colours(configured, &descriptor)?,
                    _ => self.read_pages(configured, &descriptor, &given)?,
                }
            }
        }
        self.status(&descriptor, "COMPLETE")
    }
}

/// Returns the namespace of a stream, if it has one that is not empty.
fn namespace(described: &Value) -> Option<&str> {
    described.get("namespace").and_then(Value::as_str).filter(|namespace| !namespace.is_empty())
}
