//! The builder of a source: its configuration, its streams and their fetch functions. The macro generates calls of it.

mod any;
mod catalog;
mod children;
mod groups;
mod partition;
mod partition_state;
mod partitioned;
mod python_state;
mod round_robin;
mod settings;
pub(crate) mod signatures;
mod unpartitioned;
mod windowed;

pub(crate) use self::any::{AnyStream, Reading, Take, read_alone};
pub(crate) use self::catalog::validate_stream;
pub(crate) use self::partition_state::parent_state;

use self::children::Children;
use self::partitioned::Partitioned;
use self::unpartitioned::Unpartitioned;
use self::windowed::Windowed;
use crate::cursor::Cursor;
use crate::emitter::Emitter;
use crate::error::Result;
use crate::http::{Http, RateLimit};
use crate::protocol::ConnectorSpecification;
use crate::read_context::RecordIntervals;
use crate::spec::{self, AirbyteSpec, ReadConfig};
use crate::stream::{Partition, Stream};
use crate::windows::{Bound, Steps, Window};
use std::time::Duration;

/// Builds and runs a source connector: add its streams, then call [`run`](Self::run).
///
/// [`#[airbyte_source]`](crate::airbyte_source) generates such a chain of calls:
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
    /// Whether a read succeeds when the rate limit is exhausted.
    pub(crate) stops_when_exhausted: bool,
    pub(crate) intervals: RecordIntervals,
    pub(crate) concurrency: Option<Concurrency<C>>,
    /// The groups of streams, by name, that are not read at the same time.
    pub(crate) one_at_a_time: Vec<Vec<&'static str>>,
    /// A key that [`Source::partition_key`] could not give to a stream.
    misplaced_key: Option<&'static str>,
    pub(crate) config: ConfigType<C>,
}

/// The functions of the configuration's type. Only [`Source::new`] requires `C: AirbyteSpec`: if the other methods did too,
/// a missing implementation would be reported once for each call.
pub(crate) struct ConfigType<C> {
    pub(crate) specification: fn() -> Result<ConnectorSpecification>,
    /// Returns the configuration and its secrets.
    pub(crate) read: ReadConfig<C>,
}

const DEADLINE: Duration = Duration::from_secs(300);

type RateLimits<C> = Box<dyn Fn(&C) -> Vec<RateLimit> + Send + Sync>;

type Concurrency<C> = Box<dyn Fn(&C) -> u32 + Send + Sync>;

pub(crate) type Check<C> = Box<dyn Fn(&C, &Http) -> Result<()> + Send + Sync>;

impl<C: Sync> Source<C> {
    /// Creates a source without streams. `name` and `version` are those of the connector, and are sent as the user agent.
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
            intervals: RecordIntervals::default(),
            concurrency: None,
            one_at_a_time: Vec::new(),
            misplaced_key: None,
            config: ConfigType { specification: spec::specification::<C>, read: spec::read::<C> },
        }
    }

    /// Adds an incremental stream, which resumes from the last sync.
    ///
    /// `fetch` receives the cursor value reached so far, `None` in the first sync, and must emit all records from that value
    /// on, including those with the same value. It may emit records again that were emitted before.
    #[must_use]
    pub fn incremental<T>(
        mut self,
        fetch: impl Fn(&C, Option<T::Cursor>, &mut Emitter<T>) -> Result<()> + Send + Sync + 'static,
    ) -> Self
    where
        T: Stream,
        T::Cursor: Cursor,
    {
        self.streams.push(Box::new(Unpartitioned::new(fetch, true)));
        self
    }

    /// Adds a full refresh stream, which is always read from the beginning.
    #[must_use]
    pub fn full_refresh<T: Stream>(
        mut self,
        fetch: impl Fn(&C, &mut Emitter<T>) -> Result<()> + Send + Sync + 'static,
    ) -> Self {
        let fetch = move |config: &C, _since: Option<T::Cursor>, out: &mut Emitter<T>| fetch(config, out);
        self.streams.push(Box::new(Unpartitioned::new(fetch, false)));
        self
    }

    /// Adds an incremental stream that is read partition by partition, each with its own cursor value: the prices of several
    /// stocks, the commits of several repositories.
    ///
    /// `list` returns the partitions. The `Display` text of a partition is its name in the state and must be unique. `fetch`
    /// receives a partition and the cursor value reached in it. If a partition fails, the others are still read, unless three
    /// in a row fail. The position of a partition that is no longer listed is discarded.
    ///
    /// Partitions are read round-robin: if a read ends early, the next one starts with the following partition. A partition
    /// that a read started with and did not finish is continued after the others, so that a small rate limit reaches all
    /// partitions.
    #[must_use]
    pub fn incremental_partitions<T, P>(
        mut self,
        list: impl Fn(&C, &Http) -> Result<Vec<P>> + Send + Sync + 'static,
        fetch: impl Fn(&C, &P, Option<T::Cursor>, &mut Emitter<T>) -> Result<()> + Send + Sync + 'static,
    ) -> Self
    where
        T: Stream,
        T::Cursor: Cursor,
        P: Partition,
    {
        let fetch = move |config: &C, partitions: &[P], since: Option<T::Cursor>, out: &mut Emitter<T>| {
            partitions.iter().try_for_each(|partition| fetch(config, partition, since.clone(), out))
        };
        self.streams.push(Box::new(Partitioned::new(list, fetch, true, None)));
        self
    }

    /// Adds a full refresh stream that is read partition by partition. A read that was interrupted resumes with the partitions
    /// that were not finished.
    #[must_use]
    pub fn full_refresh_partitions<T, P>(
        mut self,
        list: impl Fn(&C, &Http) -> Result<Vec<P>> + Send + Sync + 'static,
        fetch: impl Fn(&C, &P, &mut Emitter<T>) -> Result<()> + Send + Sync + 'static,
    ) -> Self
    where
        T: Stream,
        P: Partition,
    {
        let fetch = move |config: &C, partitions: &[P], _since: Option<T::Cursor>, out: &mut Emitter<T>| {
            partitions.iter().try_for_each(|partition| fetch(config, partition, out))
        };
        self.streams.push(Box::new(Partitioned::new(list, fetch, false, None)));
        self
    }

    /// Adds an incremental stream in partitions, of which one call of `fetch` reads up to `size`: for an API that takes several
    /// names in one request. 0 counts as 1.
    ///
    /// The state has the position of each partition, in the same form as that of
    /// [`incremental_partitions`](Self::incremental_partitions), and a stream can change between the two. Partitions with similar
    /// positions are read together, and `fetch` receives the earliest of them; partitions without one are read together, too.
    /// When the read of a group reaches a position, each of its partitions has reached it.
    ///
    /// ```no_run
    /// # use airbyte_sdk::{AirbyteSpec, Deserialize, Emitter, Result, Source, Timestamp, airbyte_stream};
    /// # #[derive(AirbyteSpec)] struct Config { ids: Vec<u64> }
    /// # #[airbyte_stream(name = "ads", cursor = updated_at)] #[derive(Deserialize)] struct Ad { updated_at: Timestamp }
    /// fn ads(_: &Config, ids: &[u64], since: Option<Timestamp>, out: &mut Emitter<Ad>) -> Result<()> {
    ///     let ids: Vec<String> = ids.iter().map(u64::to_string).collect();
    ///     let ads = out.http().get("https://ads.example/ads").query("ids", ids.join(","));
    ///     out.try_extend(ads.query("since", since.unwrap_or(Timestamp::UNIX_EPOCH)).elements(""))
    /// }
    ///
    /// fn main() -> std::process::ExitCode {
    ///     let source = Source::new("source-ads", "0.1.0");
    ///     source.incremental_groups(50, |config: &Config, _| Ok(config.ids.clone()), ads).run()
    /// }
    /// ```
    #[must_use]
    pub fn incremental_groups<T, P>(
        mut self,
        size: usize,
        list: impl Fn(&C, &Http) -> Result<Vec<P>> + Send + Sync + 'static,
        fetch: impl Fn(&C, &[P], Option<T::Cursor>, &mut Emitter<T>) -> Result<()> + Send + Sync + 'static,
    ) -> Self
    where
        T: Stream,
        T::Cursor: Cursor,
        P: Partition,
    {
        self.streams.push(Box::new(Partitioned::new(list, fetch, true, Some(size))));
        self
    }

    /// Adds a full refresh stream in partitions, of which one call of `fetch` reads up to `size`. A read that was interrupted
    /// resumes with the partitions that were not finished. See [`incremental_groups`](Self::incremental_groups).
    #[must_use]
    pub fn full_refresh_groups<T, P>(
        mut self,
        size: usize,
        list: impl Fn(&C, &Http) -> Result<Vec<P>> + Send + Sync + 'static,
        fetch: impl Fn(&C, &[P], &mut Emitter<T>) -> Result<()> + Send + Sync + 'static,
    ) -> Self
    where
        T: Stream,
        P: Partition,
    {
        let fetch = move |config: &C, partitions: &[P], _since: Option<T::Cursor>, out: &mut Emitter<T>| {
            fetch(config, partitions, out)
        };
        self.streams.push(Box::new(Partitioned::new(list, fetch, false, Some(size))));
        self
    }

    /// Adds an incremental stream that is read window by window, several windows at the same time.
    ///
    /// `list` receives the cursor value reached so far, `None` in the first sync, and an emitter that creates
    /// [`windows`](Emitter::windows); it must emit no records. `fetch` must emit all records of a window. The state has the same
    /// form as that of [`incremental`](Self::incremental).
    ///
    /// Windows are read in order, and one by one until the position has moved, usually after the first one, so that a small rate
    /// limit completes at least one. The position is the
    /// end of the last window before which all have been read, limited as in [`checkpoint`](Emitter::checkpoint). If a window
    /// fails, no further ones are started, because the next read has to read them again.
    ///
    /// ```no_run
    /// # use airbyte_sdk::{AirbyteSpec, Date, Deserialize, Emitter, Result, Source, Timestamp, airbyte_stream};
    /// # use airbyte_sdk::{jiff::ToSpan, windows::{Steps, Window}};
    /// # #[derive(AirbyteSpec)] struct Config { start_date: Date }
    /// # #[airbyte_stream(name = "orders", cursor = updated_at)] #[derive(Deserialize)] struct Order { updated_at: Timestamp }
    /// fn monthly(config: &Config, since: Option<Timestamp>, out: &mut Emitter<Order>) -> Result<Steps<Timestamp>> {
    ///     out.windows(since, config.start_date).steps(1.month())
    /// }
    ///
    /// fn orders(_: &Config, window: &Window<Timestamp>, out: &mut Emitter<Order>) -> Result<()> {
    ///     let orders = out.http().get("https://shop.example/orders");
    ///     let orders = orders.query("from", window.start()).query("before", window.end());
    ///     out.try_extend(orders.elements("orders"))
    /// }
    ///
    /// fn main() -> std::process::ExitCode {
    ///     Source::new("source-shop", "0.1.0").incremental_windows(monthly, orders).run()
    /// }
    /// ```
    #[must_use]
    pub fn incremental_windows<T>(
        mut self,
        list: impl Fn(&C, Option<T::Cursor>, &mut Emitter<T>) -> Result<Steps<T::Cursor>> + Send + Sync + 'static,
        fetch: impl Fn(&C, &Window<T::Cursor>, &mut Emitter<T>) -> Result<()> + Send + Sync + 'static,
    ) -> Self
    where
        T: Stream,
        T::Cursor: Bound,
    {
        self.streams.push(Box::new(Windowed::new(list, fetch)));
        self
    }

    /// Adds an incremental stream that is read once for each record of another stream, its parent: the ad groups of each
    /// campaign. Each parent has its own cursor value in the state, under its primary key.
    ///
    /// The parent is a stream of this source. It is fetched once, however many streams have it as their parent, and also if
    /// only its children are selected. It is read from the beginning, because a child may have changed without its parent.
    #[must_use]
    pub fn incremental_children<P, T>(
        mut self,
        fetch: impl Fn(&C, &P, Option<T::Cursor>, &mut Emitter<T>) -> Result<()> + Send + Sync + 'static,
    ) -> Self
    where
        P: Stream + Send + Sync,
        T: Stream,
        T::Cursor: Cursor,
    {
        const { parent_has_key::<P>() }
        self.streams.push(Box::new(Children::new(fetch, true)));
        self
    }

    /// Does the same as [`incremental_children`](Self::incremental_children), but visits only the parents that changed since the
    /// last read: those that the parent stream returns when it resumes from its own last state, which the state of this stream
    /// contains.
    ///
    /// Right only if every change of a child also changes its parent, such as the `updated_at` of an order whenever one of its
    /// items changes. Otherwise changes of children are missed.
    ///
    /// The parent must be an incremental stream. If the children of a parent could not be read, the next read visits all
    /// parents again that changed since the last complete one.
    #[must_use]
    pub fn incremental_children_of_changed<P, T>(
        mut self,
        fetch: impl Fn(&C, &P, Option<T::Cursor>, &mut Emitter<T>) -> Result<()> + Send + Sync + 'static,
    ) -> Self
    where
        P: Stream + Send + Sync,
        P::Cursor: Cursor,
        T: Stream,
        T::Cursor: Cursor,
    {
        const { parent_has_key::<P>() }
        self.streams.push(Box::new(Children::of_changed_parents(fetch)));
        self
    }

    /// Adds a full refresh stream that is read once for each record of another stream, its parent. A read that was interrupted
    /// resumes with the parents that were not finished. See [`incremental_children`](Self::incremental_children).
    #[must_use]
    pub fn full_refresh_children<P, T>(
        mut self,
        fetch: impl Fn(&C, &P, &mut Emitter<T>) -> Result<()> + Send + Sync + 'static,
    ) -> Self
    where
        P: Stream + Send + Sync,
        T: Stream,
    {
        const { parent_has_key::<P>() }
        let fetch = move |config: &C, parent: &P, _since: Option<T::Cursor>, out: &mut Emitter<T>| {
            fetch(config, parent, out)
        };
        self.streams.push(Box::new(Children::new(fetch, false)));
        self
    }

    /// Names the key of a partition in states that a connector with the Python CDK wrote, for the stream in partitions or of
    /// children that was added last. With it this connector continues where that one stopped; see
    /// [the guide](crate::guide::replacing_a_python_connector). Without it such a state is an error.
    ///
    /// It must follow [`incremental_partitions`](Self::incremental_partitions), [`incremental_groups`](Self::incremental_groups),
    /// [`incremental_children`](Self::incremental_children) or
    /// [`incremental_children_of_changed`](Self::incremental_children_of_changed); elsewhere `check` and `discover` fail.
    #[must_use]
    pub fn partition_key(mut self, key: &'static str) -> Self {
        if !self.streams.last_mut().is_some_and(|stream| stream.set_partition_key(key)) {
            self.misplaced_key = Some(key);
        }
        self
    }

    /// Sets the rate limits of the API, or those chosen by the user. They apply to all requests, including pages, retries and
    /// `check`. An empty list means no limit.
    #[must_use]
    pub fn rate_limits(mut self, limits: impl Fn(&C) -> Vec<RateLimit> + Send + Sync + 'static) -> Self {
        self.rate_limits = Some(Box::new(limits));
        self
    }
}

/// A stream without a primary key cannot be a parent: its records have no names.
pub const fn parent_has_key<P: Stream>() {
    assert!(
        !P::PRIMARY_KEY.is_empty(),
        "the parent of another stream needs a primary key: add `primary_key(…)` to its `#[airbyte_stream(…)]`"
    );
}
