//! A source: its configuration, its streams and how each is fetched. What the macro writes, and what a person can.

mod any;
mod partitions;
mod whole;

pub(crate) use self::any::AnyStream;

use self::partitions::InPartitions;
use self::whole::Whole;
use crate::cursor::Cursor;
use crate::emitter::Emitter;
use crate::error::{Error, Result};
use crate::http::{Http, RateLimit};
use crate::protocol::{AirbyteStream, ConnectorSpecification};
use crate::read_context::Pace;
use crate::schema;
use crate::spec::{self, AirbyteSpec, ReadConfig};
use crate::stream::Stream;
use std::fmt::Display;
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
    pub(crate) rate_limits: Option<RateLimits<C>>,
    /// Whether a used-up budget of requests ends a read well.
    pub(crate) stops_when_exhausted: bool,
    pub(crate) pace: Pace,
    pub(crate) config: ConfigType<C>,
}

/// What is known of the configuration's type once [`Source::new`] has asked for its bound. If the other functions asked for
/// it as well, a type without it would be reported once for each of them.
pub(crate) struct ConfigType<C> {
    pub(crate) specification: fn() -> Result<ConnectorSpecification>,
    /// Returns the configuration, and the secrets in it.
    pub(crate) read: ReadConfig<C>,
}

const DEADLINE: Duration = Duration::from_secs(300);

type RateLimits<C> = Box<dyn Fn(&C) -> Vec<RateLimit> + Send + Sync>;

pub(crate) type Check<C> = Box<dyn Fn(&C, &Http) -> Result<()> + Send + Sync>;

impl<C> Source<C> {
    /// A source without streams. Name and version are the connector's; services see them in the user agent.
    #[must_use]
    pub fn new(name: &'static str, version: &'static str) -> Self
    where
        C: AirbyteSpec,
    {
        Self {
            name,
            version,
            streams: Vec::new(),
            check: None,
            deadline: DEADLINE,
            rate_limits: None,
            stops_when_exhausted: false,
            pace: Pace::default(),
            config: ConfigType { specification: spec::specification::<C>, read: spec::read::<C> },
        }
    }

    /// Adds a stream that can be read on from where the last sync stopped.
    ///
    /// `fetch` gets the position reached so far, `None` at first, and is to emit everything from there on. It may
    /// emit the record at that position again; it must not leave out another one with the same cursor.
    #[must_use]
    pub fn incremental<T>(
        mut self,
        fetch: impl Fn(&C, Option<T::Cursor>, &mut Emitter<T>) -> Result<()> + Send + Sync + 'static,
    ) -> Self
    where
        T: Stream,
        T::Cursor: Cursor,
    {
        self.streams.push(Box::new(Whole::new(fetch, true)));
        self
    }

    /// Adds a stream that is always read from its beginning.
    #[must_use]
    pub fn full_refresh<T: Stream>(
        mut self,
        fetch: impl Fn(&C, &mut Emitter<T>) -> Result<()> + Send + Sync + 'static,
    ) -> Self {
        let fetch = move |config: &C, _since: Option<T::Cursor>, out: &mut Emitter<T>| fetch(config, out);
        self.streams.push(Box::new(Whole::new(fetch, false)));
        self
    }

    /// Adds a stream that is read partition by partition, each with a position of its own: the prices of some stocks, the commits
    /// of some repositories.
    ///
    /// `list` finds the partitions, and what `Display` makes of one is its name in the state, so no two may share it. `fetch`
    /// gets one of them and the position reached in it. A partition that fails does not stop the others, unless it is the
    /// third in a row. A partition that is no longer listed is forgotten.
    ///
    /// The partitions take turns: a read that ends before all are read is followed by one that begins where it ended, and goes
    /// round. A partition that a read began with, and did not finish, waits until the others have had their turn. So a small
    /// budget of requests reaches all of them.
    #[must_use]
    pub fn incremental_partitions<T, P>(
        mut self,
        list: impl Fn(&C, &Http) -> Result<Vec<P>> + Send + Sync + 'static,
        fetch: impl Fn(&C, &P, Option<T::Cursor>, &mut Emitter<T>) -> Result<()> + Send + Sync + 'static,
    ) -> Self
    where
        T: Stream,
        T::Cursor: Cursor,
        P: Display + Send + Sync + 'static,
    {
        self.streams.push(Box::new(InPartitions::new(list, fetch, true)));
        self
    }

    /// Adds a stream that is read partition by partition, from its beginning each time. A read that broke off goes on with
    /// the partitions that were not finished.
    #[must_use]
    pub fn full_refresh_partitions<T, P>(
        mut self,
        list: impl Fn(&C, &Http) -> Result<Vec<P>> + Send + Sync + 'static,
        fetch: impl Fn(&C, &P, &mut Emitter<T>) -> Result<()> + Send + Sync + 'static,
    ) -> Self
    where
        T: Stream,
        P: Display + Send + Sync + 'static,
    {
        let fetch = move |config: &C, partition: &P, _since: Option<T::Cursor>, out: &mut Emitter<T>| {
            fetch(config, partition, out)
        };
        self.streams.push(Box::new(InPartitions::new(list, fetch, false)));
        self
    }

    /// Sets how the connection is tried. Without it `check` fetches each stream up to its first record.
    ///
    /// Return [`Error::config`] for what the user can mend: it is shown beside the form. Other errors say that the
    /// connection could not be tried at all.
    #[must_use]
    pub fn check(mut self, check: impl Fn(&C, &Http) -> Result<()> + Send + Sync + 'static) -> Self {
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

    /// Keeps all requests within limits, pages, retries and `check` included: those of the service, or what the user has
    /// set. None at all is no limit.
    #[must_use]
    pub fn rate_limits(mut self, limits: impl Fn(&C) -> Vec<RateLimit> + Send + Sync + 'static) -> Self {
        self.rate_limits = Some(Box::new(limits));
        self
    }

    /// Ends a read well when the service allows no more requests for longer than 5 minutes: with a state, so that
    /// the next sync goes on from there, with the partition that was broken off if it is a stream in partitions. Otherwise that is
    /// a transient error, and so it stays for a stream that cannot be resumed in the middle.
    #[must_use]
    pub fn stop_when_exhausted(mut self) -> Self {
        self.stops_when_exhausted = true;
        self
    }

    /// The streams as the catalog lists them.
    ///
    /// A stream is known by its name: of two with one name the second would never be read.
    pub(crate) fn catalog(&self) -> Result<Vec<AirbyteStream>> {
        let mut catalog: Vec<AirbyteStream> = Vec::with_capacity(self.streams.len());
        for stream in self.streams.iter().map(|stream| stream.describe()) {
            let descriptor = stream.descriptor();
            let twice = catalog.iter().any(|other| other.descriptor().is_same_as(&descriptor));
            can_be_offered(&stream, twice)?;
            catalog.push(stream);
        }
        if catalog.is_empty() {
            return Err(Error::system("this source has no streams"));
        }
        Ok(catalog)
    }
}

/// Whether a stream can stand in a catalog; `twice` if another one has its name.
pub(crate) fn can_be_offered(stream: &AirbyteStream, twice: bool) -> Result<()> {
    let name = &stream.name;
    if twice {
        return Err(Error::system(format!("this source has two streams called `{name}`")));
    }
    match schema::problems(stream).join("; ") {
        none if none.is_empty() => Ok(()),
        problems => Err(Error::system(format!("the stream `{name}` cannot be offered: {problems}"))),
    }
}
