//! A connector that replaces the one in Python of `tests/replaced-connector`, with the same streams.

use renamed_sdk::jiff::Timestamp;
use renamed_sdk::jiff::civil::Date;
use renamed_sdk::{
    AirbyteSpec, Deserialize, DeserializeOwned, Emitter, Http, Result, airbyte_source, airbyte_stream,
};
use std::fmt::Display;

#[derive(AirbyteSpec)]
#[airbyte(crate = ::renamed_sdk)]
struct Config {
    url: String,
    #[airbyte(default = vec!["red".to_owned(), "green".to_owned(), "blue".to_owned()])]
    boards: Vec<String>,
}

#[airbyte_stream(crate = ::renamed_sdk, name = "events", primary_key(id), cursor = updated_at)]
struct Event {
    id: u64,
    updated_at: Timestamp,
}

#[airbyte_stream(crate = ::renamed_sdk, name = "tasks", primary_key(id), cursor = changed, order = ascending)]
struct Task {
    id: u64,
    changed: i64,
}

#[airbyte_stream(crate = ::renamed_sdk, name = "comments", primary_key(id), cursor = day, order = ascending)]
struct Comment {
    id: u64,
    day: Date,
}

#[airbyte_stream(crate = ::renamed_sdk, name = "notes", primary_key(id), cursor = updated_at, order = ascending)]
struct Note {
    id: u64,
    updated_at: Timestamp,
}

/// A record of any stream, as the API returns it.
#[derive(serde::Deserialize)]
struct Row<C> {
    id: u64,
    #[serde(alias = "updated_at", alias = "changed", alias = "day")]
    at: C,
}

#[derive(Deserialize)]
#[airbyte(crate = ::renamed_sdk)]
struct Project {
    id: u64,
}

impl Display for Project {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.id.fmt(f)
    }
}

#[airbyte_source(crate = ::renamed_sdk)]
impl Config {
    fn events(&self, since: Option<Timestamp>, out: &mut Emitter<Event>) -> Result<()> {
        let records = self.records(&out.http(), "/events", since.map(as_the_api_does))?;
        out.try_extend(records.into_iter().map(|Row { id, at }| Ok(Event { id, updated_at: at })))
    }

    fn boards(&self, _http: &Http) -> Result<Vec<String>> {
        Ok(self.boards.clone())
    }

    #[partitions(boards, key = "board")]
    fn tasks(&self, board: &str, since: Option<i64>, out: &mut Emitter<Task>) -> Result<()> {
        let records = self.records(&out.http(), &format!("/boards/{board}/tasks"), since)?;
        out.try_extend(records.into_iter().map(|Row { id, at }| Ok(Task { id, changed: at })))
    }

    fn projects(&self, http: &Http) -> Result<Vec<Project>> {
        self.records(http, "/projects", None::<u8>)
    }

    #[partitions(projects, key = "project_id")]
    fn comments(&self, project: &Project, since: Option<Date>, out: &mut Emitter<Comment>) -> Result<()> {
        let records = self.records(&out.http(), &format!("/projects/{project}/comments"), since)?;
        out.try_extend(records.into_iter().map(|Row { id, at }| Ok(Comment { id, day: at })))
    }

    #[partitions(projects, key = "project_id")]
    fn notes(&self, project: &Project, since: Option<Timestamp>, out: &mut Emitter<Note>) -> Result<()> {
        let since = since.map(as_the_api_does);
        let records = self.records(&out.http(), &format!("/projects/{project}/notes"), since)?;
        out.try_extend(records.into_iter().map(|Row { id, at }| Ok(Note { id, updated_at: at })))
    }

    fn records<T: DeserializeOwned>(
        &self,
        http: &Http,
        path: &str,
        since: Option<impl Display>,
    ) -> Result<Vec<T>> {
        http.base_url(&self.url)
            .get(path)
            .query("since", since.map(|since| since.to_string()).unwrap_or_default())
            .json()
    }
}

fn as_the_api_does(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%S+0000").to_string()
}
