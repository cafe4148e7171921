//! Reads without a state, reads that must fail, and reads with other configurations.

use super::{A_FEW, NO_STREAM, NOT_GIVEN, Plan};
use crate::inputs::{configured, selected};
use crate::run_names::*;
use crate::runner::Setting;
use crate::runs::{InvalidField, Kind, Stream};
use serde_json::Value;
use std::ffi::OsString;

impl Plan<'_> {
    pub(super) fn reads(&mut self, streams: &[Stream]) {
        let full: Vec<_> = streams.iter().filter(|stream| stream.supports("full_refresh")).cloned().collect();
        if full.is_empty() {
            for name in [FULL_REFRESH, FULL_REFRESH_AGAIN, FULL_REFRESH_STATE] {
                self.skip(name, "no stream supports full_refresh");
            }
        } else {
            let full = configured(&full, "full_refresh");
            self.read(FULL_REFRESH, &full, None, Setting::good());
            self.read(FULL_REFRESH_AGAIN, &full, None, Setting::good());
            let state = self.last_state(FULL_REFRESH).to_string();
            self.read(FULL_REFRESH_STATE, &full, Some(&state), Setting::good());
        }
        let catalog = configured(streams, "incremental");
        self.read(INCREMENTAL, &catalog, None, Setting::good());
        for stream in streams.iter().take(A_FEW) {
            self.read(
                SUBSET,
                &configured(std::slice::from_ref(stream), "incremental"),
                None,
                Setting::good(),
            );
        }
        match selected(streams, &catalog) {
            Some(selected) => {
                self.read(SELECTED, &selected, None, Setting::good());
            }
            None => self.skip(SELECTED, "every field is part of a key or a cursor"),
        }
        let elsewhere = Some(self.runner.elsewhere());
        self.read(ELSEWHERE, &catalog, None, Setting { working_directory: elsewhere, ..Setting::good() });
        let arguments = ["read", "--config", "config.json", "--catalog", "catalog.json"].map(OsString::from);
        self.runner.run(
            RELATIVE,
            Kind::Read,
            &arguments,
            Setting { catalog: Some(catalog.clone()), ..Setting::good() },
        );
        let debug = Setting { more: vec!["--debug".into()], ..Setting::good() };
        self.read(DEBUG, &catalog, None, debug);
        let environment = vec![("LOG_LEVEL", "debug")];
        self.read(LOG_LEVEL, &catalog, None, Setting { environment, ..Setting::good() });
        // `docker run` reads the stdout of the container, so the container does not notice.
        if self.runner.subject.launcher.is_image() {
            return self.skip(CLOSED_STDOUT, "Docker reads what an image writes");
        }
        self.read(CLOSED_STDOUT, &catalog, None, Setting { closed_stdout: true, ..Setting::default() });
    }

    /// There is nothing to read.
    pub(super) fn skip_reads(&mut self) {
        for name in [
            FULL_REFRESH,
            FULL_REFRESH_AGAIN,
            FULL_REFRESH_STATE,
            INCREMENTAL,
            SUBSET,
            SELECTED,
            ELSEWHERE,
            RELATIVE,
            CLOSED_STDOUT,
            FINAL_STATE,
            GLOBAL_STATE,
            BACK_STATE,
            GLOBAL_BACK,
            GLOBAL_RESUMED,
            EXTRA_FIELDS,
            FUTURE_STATE,
            UNKNOWN_STREAM,
            BAD_SYNC_MODE,
            BROKEN_CATALOG,
            BROKEN_CONFIG,
            BROKEN_STATE,
            READ_UNREACHABLE,
            READ_INVALID_FIELD,
        ] {
            self.skip(name, NO_STREAM);
        }
    }

    /// Reads that must fail.
    pub(super) fn failing_reads(&mut self, streams: &[Stream]) {
        let mut catalog = configured(streams, "incremental");
        let mut unknown = catalog["streams"][0].clone();
        unknown["stream"]["name"] = NO_SUCH_STREAM.into();
        if let Some(streams) = catalog["streams"].as_array_mut() {
            streams.insert(0, unknown);
        }
        self.read(UNKNOWN_STREAM, &catalog, None, Setting::default());
        let mut invalid = configured(streams, "incremental");
        for stream in invalid["streams"].as_array_mut().into_iter().flatten() {
            stream["sync_mode"] = "INVALID".into();
        }
        self.read(BAD_SYNC_MODE, &invalid, None, Setting::default());

        let catalog = configured(streams, "incremental");
        let config_text = self.config().to_string();
        let config = self.runner.file("config.json", config_text);
        let file = self.runner.file("catalog.json", catalog.to_string());
        let broken = self.runner.file("broken.json", "{\"not\": JSON");
        let read = |config: &OsString, catalog: &OsString| {
            vec!["read".into(), "--config".into(), config.clone(), "--catalog".into(), catalog.clone()]
        };
        self.runner.run(BROKEN_CATALOG, Kind::Read, &read(&config, &broken), Setting::default());
        let setting = || Setting { catalog: Some(catalog.clone()), ..Setting::default() };
        self.runner.run(BROKEN_CONFIG, Kind::Read, &read(&broken, &file), setting());
        let state = [read(&config, &file), vec!["--state".into(), broken]].concat();
        self.runner.run(BROKEN_STATE, Kind::Read, &state, setting());
    }

    /// Reads with equivalent configurations, and with some that must fail.
    pub(super) fn configured_otherwise(&mut self, spec: &Value, streams: &[Stream]) {
        let catalog = configured(streams, "incremental");
        let config = self.config();
        let given = config.as_object().cloned().unwrap_or_default();
        let (mut fewer, mut more) = (given.clone(), given.clone());
        for (field, schema) in spec["properties"].as_object().into_iter().flatten() {
            let Some(default) = schema.get("default").filter(|_| schema.get("oneOf").is_none()) else {
                continue;
            };
            if given.get(field) == Some(default) {
                fewer.shift_remove(field);
            }
            more.entry(field.clone()).or_insert_with(|| default.clone());
        }
        for (name, config) in [(DEFAULTS_OMITTED, fewer), (DEFAULTS_WRITTEN, more)] {
            if config != given {
                let setting = Setting::good();
                self.read_with(name, &config.into(), &catalog, None, setting);
            }
        }
        match self.runner.subject.unreachable_config.clone() {
            Some(unreachable) => {
                let run = self.read_with(READ_UNREACHABLE, &unreachable, &catalog, None, Setting::default());
                if let Some(run) = run {
                    self.read_after_failure(run, &catalog);
                }
            }
            None => [READ_UNREACHABLE, AFTER_FAILURE].into_iter().for_each(|name| self.skip(name, NOT_GIVEN)),
        }
        match self.invalid_fields.last() {
            Some(InvalidField { config, field, .. }) => {
                let (config, field) = (config.clone(), field.clone());
                let run = self.read_with(READ_INVALID_FIELD, &config, &catalog, None, Setting::default());
                self.invalid_fields.extend(run.map(|captured| InvalidField { captured, field, config }));
            }
            None => self.skip(READ_INVALID_FIELD, "the spec has no field of the configuration"),
        }
    }
}
