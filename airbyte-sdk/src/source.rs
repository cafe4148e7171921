//! A source: its configuration, its streams and how each is fetched. What the macro writes, and what a person can.

use crate::cursor::Cursor;
use crate::emitter::Emitter;
use crate::error::{Error, Result};
use crate::http::Http;
use crate::output::Output;
use crate::protocol::{AirbyteStream, StreamDescriptor};
use crate::run;
use crate::spec::AirbyteSpec;
use crate::stream::{self, Stream};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::marker::PhantomData;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

/// A connector that reads: put its streams in, then [`run`](Self::run) it.
///
/// [`#[airbyte_source]`](crate::airbyte_source) writes exactly such a chain:
///
/// ```no_run
/// use airbyte_sdk::{AirbyteSpec, Date, Emitter, Result, Source, airbyte_stream};
///
/// #[derive(AirbyteSpec)]
/// struct Config {
///     /// The city to follow
///     city: String,
/// }
///
/// #[airbyte_stream(name = "days", primary_key(day), cursor = day)]
/// struct Day {
///     day: Date,
///     city: String,
/// }
///
/// fn fetch(config: &Config, since: Option<Date>, out: &mut Emitter<Day>) -> Result<()> {
///     out.emit(Day { day: since.unwrap_or(Date::MIN), city: config.city.clone() })
/// }
///
/// fn main() -> std::process::ExitCode {
///     Source::new("source-days", "0.1.0").incremental(fetch).run()
/// }
/// ```
pub struct Source<C> {
    pub(crate) name: &'static str,
    pub(crate) version: &'static str,
    pub(crate) streams: Vec<Box<dyn AnyStream<C>>>,
    pub(crate) check: Option<Check<C>>,
    pub(crate) deadline: Duration,
}

const DEADLINE: Duration = Duration::from_secs(300);

pub(crate) type Check<C> = Box<dyn Fn(&C, &Http) -> Result<()>>;

impl<C: AirbyteSpec> Source<C> {
    /// A source without streams. Name and version are the connector's; services see them in the user agent.
    #[must_use]
    pub fn new(name: &'static str, version: &'static str) -> Self {
        Self { name, version, streams: Vec::new(), check: None, deadline: DEADLINE }
    }

    /// Adds a stream that can be read on from where the last sync stopped.
    ///
    /// `fetch` gets the position reached so far, `None` at first, and is to emit everything from there on. It may
    /// emit the record at that position again; it must not leave out another one with the same cursor.
    #[must_use]
    pub fn incremental<T>(
        mut self,
        fetch: impl Fn(&C, Option<T::Cursor>, &mut Emitter<T>) -> Result<()> + 'static,
    ) -> Self
    where
        T: Stream,
        T::Cursor: Cursor,
    {
        self.streams.push(Box::new(Typed { fetch, incremental: true, record: PhantomData }));
        self
    }

    /// Adds a stream that is always read from its beginning.
    #[must_use]
    pub fn full_refresh<T: Stream>(
        mut self,
        fetch: impl Fn(&C, &mut Emitter<T>) -> Result<()> + 'static,
    ) -> Self {
        let fetch = move |config: &C, _since: Option<T::Cursor>, out: &mut Emitter<T>| fetch(config, out);
        self.streams.push(Box::new(Typed { fetch, incremental: false, record: PhantomData }));
        self
    }

    /// Sets how the connection is tried. Without it `check` fetches each stream up to its first record.
    ///
    /// Return [`Error::config`] for what the user can mend: it is shown beside the form. Other errors say that the
    /// connection could not be tried at all.
    #[must_use]
    pub fn check(mut self, check: impl Fn(&C, &Http) -> Result<()> + 'static) -> Self {
        self.check = Some(Box::new(check));
        self
    }

    /// How long `check` and `discover` may take, 5 minutes if not set. After that they end with a transient error, so
    /// that the user is told something before the platform gives up on its own (after 9 minutes).
    #[must_use]
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// Obeys the command line: `spec`, `check`, `discover` or `read`. To be returned from `main`.
    ///
    /// | exit code | |
    /// | --- | --- |
    /// | 0 | done |
    /// | 1 | failed; an ERROR trace on stdout says why |
    /// | 2 | the command line was wrong; stderr says how it is used |
    pub fn run(self) -> ExitCode {
        run::run(&self)
    }

    /// The streams as the catalog lists them.
    ///
    /// A stream is known by its name: of two with one name the second would never be read.
    pub(crate) fn catalog(&self) -> Result<Vec<AirbyteStream>> {
        let mut catalog: Vec<AirbyteStream> = Vec::with_capacity(self.streams.len());
        for stream in self.streams.iter().map(|stream| stream.describe()) {
            let descriptor = stream.descriptor();
            if catalog.iter().any(|other| other.descriptor().is_same_as(&descriptor)) {
                return Err(Error::system(format!("this source has two streams called `{}`", stream.name)));
            }
            catalog.push(stream);
        }
        if catalog.is_empty() {
            return Err(Error::system("this source has no streams"));
        }
        Ok(catalog)
    }
}

/// What a stream is read with and for.
pub(crate) struct Turn<'a, C> {
    pub(crate) config: &'a C,
    pub(crate) http: &'a Http,
    /// The name and namespace the records carry: those of the configured catalog.
    pub(crate) descriptor: StreamDescriptor,
    /// The columns that the user has chosen; `None` if all.
    pub(crate) columns: Option<Vec<String>>,
    /// The stream's state from an earlier run.
    pub(crate) state: Option<Map<String, Value>>,
}

/// A stream without its record type. Nothing but this trait knows the type, so the sync loop is one plain function.
pub(crate) trait AnyStream<C> {
    fn describe(&self) -> AirbyteStream;

    /// Reads the stream and returns how many records there were. Without an output it stops at the first.
    fn read(&self, turn: Turn<'_, C>, output: Option<Arc<Output>>) -> (u64, Result<()>);
}

struct Typed<T, F> {
    fetch: F,
    incremental: bool,
    record: PhantomData<fn() -> T>,
}

impl<C, T, F> AnyStream<C> for Typed<T, F>
where
    T: Stream,
    F: Fn(&C, Option<T::Cursor>, &mut Emitter<T>) -> Result<()>,
{
    fn describe(&self) -> AirbyteStream {
        stream::describe::<T>(self.incremental)
    }

    fn read(&self, turn: Turn<'_, C>, output: Option<Arc<Output>>) -> (u64, Result<()>) {
        let position = run::catch_panic(|| position::<T>(turn.state.filter(|_| self.incremental)));
        let since = position.as_ref().ok().cloned().flatten();
        if output.is_some() && position.is_ok() {
            let from =
                if since.is_some() { "from where the last sync stopped" } else { "from its beginning" };
            log::info!("{}: reading {from}", T::NAME);
        }
        let mut out = Emitter::<T>::new(output, turn.http.clone(), turn.descriptor, turn.columns, since);
        let fetched =
            position.and_then(|since| run::catch_panic(|| (self.fetch)(turn.config, since, &mut out)));
        out.finish(fetched)
    }
}

/// The cursor in a state; none in an empty one, such as that of a full refresh.
fn position<T: Stream>(state: Option<Map<String, Value>>) -> Result<Option<T::Cursor>> {
    let (Some(field), Some(state)) = (T::CURSOR_FIELD, state) else { return Ok(None) };
    let value = state.get(field).filter(|value| !value.is_null());
    if let Some(cursor) = value.and_then(|value| T::Cursor::deserialize(value).ok()) {
        return Ok(Some(cursor));
    }
    if value.is_none() && state.values().all(Value::is_null) {
        return Ok(None);
    }
    if let Some(cursor) = T::older_state(&state.clone().into())? {
        log::info!("{}: the state has an older form, and is understood", T::NAME);
        return Ok(Some(cursor));
    }
    let trouble = if value.is_some() { "is no position of this stream" } else { "is missing" };
    Err(Error::config(format!(
        "the state of stream `{}` cannot be read: its `{field}` {trouble}. Reset the stream to read it from its beginning",
        T::NAME
    )))
}
