//! Write an [Airbyte](https://airbyte.com) source connector as annotated structs and one fetch function.
//!
//! ```no_run
//! use airbyte_sdk::{AirbyteSpec, Date, Deserialize, Emitter, Result, Secret, airbyte_source, airbyte_stream};
//!
//! /// What the user fills in.
//! #[derive(AirbyteSpec)]
//! struct Config {
//!     /// The city to follow
//!     city: String,
//!     /// The key of your account
//!     api_key: Secret,
//! }
//!
//! /// One day's weather.
//! #[airbyte_stream(name = "weather", primary_key(day), cursor = day, order = ascending)]
//! struct Weather {
//!     day: Date,
//!     degrees: f64,
//! }
//!
//! #[derive(Deserialize)]
//! struct Answer {
//!     day: Date,
//!     degrees: f64,
//! }
//!
//! #[airbyte_source]
//! fn fetch(config: &Config, since: Option<Date>, out: &mut Emitter<Weather>) -> Result<()> {
//!     let mut request = out.http().get("https://weather.example/days").query("city", &config.city);
//!     if let Some(day) = since {
//!         request = request.query("from", day);
//!     }
//!     let days: Vec<Answer> = request.bearer(&config.api_key).json()?;
//!     for Answer { day, degrees } in days {
//!         out.emit(Weather { day, degrees })?;
//!     }
//!     Ok(())
//! }
//! ```
//!
//! That is a whole connector. Its program has the four commands of the Airbyte protocol:
//!
//! | command | answers |
//! | --- | --- |
//! | `spec` | what is to be configured: a JSON Schema made from `Config` |
//! | `check --config FILE` | whether a configuration works |
//! | `discover --config FILE` | which streams there are: a catalog made from `Weather` |
//! | `read --config FILE --catalog FILE [--state FILE]` | the records, and states by which a later read goes on |
//!
//! What the protocol asks for besides is done by the SDK: one message a line, statuses, record counts, states that
//! never run ahead of their records, errors sorted by who must act, secrets kept out of every message, and exit codes.
//!
//! # Where to go on
//!
//! - [`AirbyteSpec`](derive@AirbyteSpec), [`#[airbyte_stream]`](macro@airbyte_stream) and
//!   [`#[airbyte_source]`](macro@airbyte_source) have a table of their words each.
//! - [`guide`] shows each construct beside the form or the catalog it becomes, and each mistake beside what the compiler
//!   says to it.
//! - [`guide::cookbook`] has a recipe for each way of paging, signing in and reading an answer.
//! - [`Emitter`] takes the records; [`Http`] fetches; [`Error`] is made by its category.
//! - [`Source`] is what the macro writes, for those who prefer to write it themselves.

// So that the macros work inside this crate as they do outside of it.
extern crate self as airbyte_sdk;

// The way in.
mod run;
mod cli;
mod input;
mod signals;

// The four verbs: values in, messages out.
mod commands;

// What an author meets.
mod source;
pub mod stream;
pub mod spec;
mod emitter;

// What they stand on.
mod cursor;
pub mod http;
mod output;
mod schema;
mod secret;
mod problems;
mod error;
pub mod protocol;

#[cfg(feature = "testing")]
pub mod testing;

// Only to be read.
#[cfg(any(doc, doctest))]
pub mod guide;

#[doc(hidden)]
pub mod __private;

pub use emitter::Emitter;
pub use error::{Error, Result};
pub use http::Http;
pub use jiff::{self, Timestamp, civil::Date};
pub use secret::Secret;
pub use source::Source;
pub use spec::AirbyteSpec;
pub use stream::Stream;

#[doc(no_inline)]
pub use serde::de::Deserialize;

/// Makes a struct the configuration of a connector: its fields become the form that users fill in. Structs and enums
/// with the same derive are the types of such fields.
///
/// A doc comment becomes the help text, the name becomes the label (`api_key` → "API Key"), and the type says what may
/// be filled in:
///
/// | type | in the form |
/// | --- | --- |
/// | `String` | text |
/// | [`Secret`](struct@Secret) | text that is masked, and blanked in every log |
/// | `i8` … `i64`, `u8` … `u64` | a whole number of that range |
/// | `f64` | a number |
/// | `bool` | a switch |
/// | [`Date`](struct@Date), [`Timestamp`](struct@Timestamp) | a date picker; a moment is given in UTC |
/// | `Option<…>` | the same, and may be left out |
/// | `Vec<…>` | a list: of texts or numbers, of names to tick, of parts or of choices |
/// | a struct with this derive | a part of the form with fields of its own |
/// | an enum with this derive, no variant with data | a drop-down of names |
/// | an enum with this derive, and with data | a choice: each variant is an option with fields of its own |
///
/// A form has no field whose keys the user makes up, so there are no maps; and it shows no lists of lists. A `bool` says
/// by `default` or `Option` what an untouched switch means, since that sends nothing.
///
/// # Words for a field: `#[airbyte(…)]`
///
/// | word | meaning |
/// | --- | --- |
/// | `title = "…"` | the label, if not the name |
/// | `description = "…"` | the help text, if not the doc comment |
/// | `examples(…, …)` | values shown as examples; of a date as text |
/// | `default = …` | the value if the user gives none |
/// | `min = …`, `max = …` | the smallest and the largest number |
/// | `min_length = …`, `max_length = …` | how many characters a text has |
/// | `min_items = …`, `max_items = …` | how many items a list has |
/// | `pattern = "…"` | a regular expression the text must match |
/// | `pattern_descriptor = "…"` | the pattern in words, for the message when it does not; a `pattern` that is shown needs it |
/// | `hidden` | not shown; a value given anyway is used, and one that is not has to have a default or be an `Option` |
/// | `multiline` | a text area |
/// | `always_show` | an optional field that is not tucked away |
/// | `group = "id"` | the card it is shown on |
/// | `not_secret` | the name sounds like a credential, and is none (a plain field called `…_token`, `password` and so on does not compile without it) |
///
/// # Words for the struct
///
/// | word | meaning |
/// | --- | --- |
/// | `title = "…"` | the form's title, if not the package's name; of a part, if not the struct's |
/// | `description = "…"` | the form's description, if not the doc comment |
/// | `documentation_url = "…"` | where users read more |
/// | `groups(id = "Title", …)` | the cards, in order; of a whole configuration only |
/// | `oauth(…)` | how the platform logs the user in: see [`spec::OAuth`]; of a whole configuration only |
/// | `crate = ::path` | where the SDK is, if it is renamed |
///
/// # Words for an enum, and for its variants
///
/// | word | meaning |
/// | --- | --- |
/// | `tag = "…"` | the key that says which option is chosen; `type` if nothing is said |
/// | `display_type = radio` | radio buttons, where `dropdown` is the usual |
/// | `title = "…"`, `description = "…"` | of the choice; on a variant, of the option: if not the name and the doc comment |
/// | `hidden` | on a variant: an option that is not shown, and can be configured all the same |
/// | `crate = ::path` | where the SDK is, if it is renamed |
///
/// An option has the fields of its variant, `Key { api_key: Secret }`, or those of a struct with this derive,
/// `Key(Account)`, or none. Its name in the user's JSON is the variant's in snake case.
///
/// # Words of serde
///
/// | word | on | meaning |
/// | --- | --- | --- |
/// | `rename = "…"` | fields, variants | the key, or the name, in the user's JSON |
/// | `rename_all = "…"` | structs, enums, variants | how they are all written, such as `camelCase` |
/// | `tag = "…"` | enums | as above |
/// | `default`, `default = "function"` | fields | the value if the user gives none; the form shows it |
/// | `flatten` | fields | the fields of a struct, in line |
/// | `skip` | fields | not in the form; the value is the `Default` of the type |
///
/// Others do not compile. What they would do in serde is not done here.
///
/// A configuration that breaks these rules is refused with all its mistakes at once, each by the name of its field
/// and never with its value.
///
/// ```
/// use airbyte_sdk::{AirbyteSpec, Secret};
/// use serde_json::json;
///
/// #[derive(AirbyteSpec)]
/// #[airbyte(groups(login = "Login"))]
/// struct Config {
///     /// The name you log in with
///     #[airbyte(group = "login", examples("alice"))]
///     user: String,
///     #[airbyte(group = "login")]
///     password: Secret,
///     /// How many rows a request asks for
///     #[airbyte(default = 100, min = 1, max = 1000)]
///     page_size: u32,
/// }
///
/// let config = Config::from_json(&json!({"user": "alice", "password": "p4ss"})).unwrap();
/// assert_eq!(config.page_size, 100);
///
/// let error = Config::from_json(&json!({"user": 5, "page_size": 0})).err().unwrap();
/// assert_eq!(
///     error.message(),
///     "The configuration is not valid in 3 places: `user` must be text, not a number; \
///      `password` is missing; `page_size` must be at least 1"
/// );
/// # let _ = (config.user, config.password);
/// ```
///
/// # Parts and choices
///
/// ```
/// use airbyte_sdk::{AirbyteSpec, Date, Secret};
/// use serde_json::json;
///
/// #[derive(AirbyteSpec)]
/// struct Config {
///     credentials: Credentials,
///     #[airbyte(default = Region::Eu)]
///     region: Region,
///     #[airbyte(max_items = 10)]
///     reports: Vec<Report>,
/// }
///
/// #[derive(AirbyteSpec)]
/// #[airbyte(tag = "auth_type", display_type = radio)]
/// enum Credentials {
///     /// A key of your account
///     ApiKey { api_key: Secret },
///     #[airbyte(title = "Name and Password")]
///     Basic { name: String, password: Secret },
/// }
///
/// #[derive(AirbyteSpec, Debug, PartialEq)]
/// enum Region { Eu, Us }
///
/// #[derive(AirbyteSpec)]
/// struct Report {
///     from: Option<Date>,
/// }
///
/// let config = Config::from_json(&json!({
///     "credentials": {"auth_type": "api_key", "api_key": "k-123456"},
///     "reports": [{}],
/// }))
/// .unwrap();
/// assert!(matches!(config.credentials, Credentials::ApiKey { .. }));
/// assert_eq!(config.region, Region::Eu);
///
/// let error = Config::from_json(&json!({
///     "credentials": {"auth_type": "key"},
///     "reports": [{"from": "May"}],
/// }));
/// assert_eq!(
///     error.err().unwrap().message(),
///     "The configuration is not valid in 2 places: \
///      `credentials.auth_type` must be one of `api_key`, `basic`; \
///      `reports[0].from` must be a date like 2024-01-31"
/// );
/// # let _ = |report: Report| report.from;
/// ```
pub use airbyte_macros::AirbyteSpec;

/// Makes a struct the record of a stream: its fields become the columns.
///
/// | word | meaning |
/// | --- | --- |
/// | `name = "…"` | the stream's name; the one word that must be there |
/// | `namespace = "…"` | the group the stream belongs to |
/// | `primary_key(field, …)` | the fields that identify a record: texts, whole numbers, dates, never an `Option`; `owner.id` is a field within |
/// | `cursor = field` | the field that grows, by which a later read goes on: a date, a moment, a whole number or a text; `meta.updated_at` is a field within |
/// | `on_null = emit` | for a cursor that is an `Option`: a record without a position is sent, and does not move the stream's |
/// | `on_null = fail` | for a cursor that is an `Option`: a record without a position is an error |
/// | `order = ascending` | records come in the order of the cursor, so that a state can be sent, and a broken read resumed, in the middle |
/// | `order = unordered` | they do not (this is the default); a state is sent at the end |
/// | `older_state = function` | finds the position in a state of another form, written by an earlier version or another connector: `fn(&serde_json::Value) -> Result<Option<Date>>`, with the type of the cursor |
/// | `not_finite = null` | NaN and infinity are written as null, and the record says so in its `meta.changes` (this is the default) |
/// | `not_finite = fail` | NaN and infinity are an error |
/// | `nested` | alone, on a struct or an enum that is a part of a record: no stream, but written and described as one is |
/// | `crate = ::path` | where the SDK is, if it is renamed |
///
/// Doc comments become descriptions.
///
/// ```
/// use airbyte_sdk::{Stream, Timestamp, airbyte_stream};
///
/// /// A visit to the shop.
/// #[airbyte_stream(name = "visits", primary_key(id), cursor = at, on_null = emit)]
/// struct Visit {
///     id: u64,
///     /// When the door opened
///     at: Option<Timestamp>,
/// }
///
/// assert_eq!(Visit::NAME, "visits");
/// assert_eq!(Visit::CURSOR_FIELD, ["at"]);
/// assert_eq!(Visit::json_schema()["properties"]["at"]["format"], "date-time");
/// ```
///
/// # Types of columns
///
/// | type | in the schema | written as |
/// | --- | --- | --- |
/// | `String`, `char` | `string` | text |
/// | `bool` | `boolean` | `true`, `false` |
/// | `i8` … `i128`, `u8` … `u128` | `integer` | a number with all its digits |
/// | `f32`, `f64` | `number` | the shortest number that reads back as the same; null if it is not finite |
/// | [`Date`](struct@Date) | `string`, `date` | `2026-11-20` |
/// | [`Timestamp`](struct@Timestamp) | `string`, `date-time`, `timestamp_with_timezone` | `2026-11-20T08:30:00.5Z` |
/// | [`jiff::civil::DateTime`] | `string`, `date-time`, `timestamp_without_timezone` | `2026-11-20T08:30:00.5` |
/// | [`jiff::civil::Time`] | `string`, `time`, `time_without_timezone` | `08:30:00.5` |
/// | [`stream::Binary`] | `string`, `contentEncoding: base64` | base64 |
/// | `stream::Decimal` (feature `decimal`) | `string` | `"1.10"`: as text, since a JSON number may pass through a binary one on its way, and loses trailing zeros |
/// | `stream::Uuid` (feature `uuid`) | `string` | the usual 36 characters |
/// | `Option<…>` | the same | the same, or null; every column may be null, as destinations want it |
/// | `Vec<…>`, arrays, tuples | `array` | a list |
/// | `HashMap<…>`, `BTreeMap<…>` | `object` | an object |
/// | a `nested` struct | `object` with its fields | an object; within itself once more, an `object` of which nothing is said |
/// | a `nested` enum without data | `string` with its words | a word |
/// | a `nested` enum with data | what all its variants have in common, an `object` with the fields of all if they are objects; `oneOf` types that differ | as serde writes it |
/// | [`serde_json::Value`] | anything | any JSON |
/// | `stream::RawJson` (feature `raw_json`) | anything | any JSON, to the letter as it came; the feature costs every record about 6 % |
///
/// # Within a record
///
/// Keys and cursors may be fields within, reached through structs that are `nested`, by the names they have in Rust; the
/// stream calls them as they are written. A position within stands in the state under its path: `{"meta.updatedAt": …}`.
///
/// ```
/// use airbyte_sdk::{Stream, Timestamp, airbyte_stream};
///
/// #[airbyte_stream(name = "orders", primary_key(id), cursor = meta.updated_at)]
/// struct Order {
///     id: u64,
///     meta: Meta,
///     status: Status,
/// }
///
/// #[airbyte_stream(nested)]
/// #[serde(rename_all = "camelCase")]
/// struct Meta {
///     updated_at: Timestamp,
/// }
///
/// #[airbyte_stream(nested)]
/// #[serde(rename_all = "lowercase")]
/// enum Status {
///     Open,
///     Paid,
/// }
///
/// assert_eq!(Order::CURSOR_FIELD, ["meta", "updatedAt"]);
/// let order = Order { id: 7, meta: Meta { updated_at: Timestamp::UNIX_EPOCH }, status: Status::Paid };
/// assert_eq!(
///     serde_json::to_value(&order).unwrap(),
///     serde_json::json!({"id": 7, "meta": {"updatedAt": "1970-01-01T00:00:00Z"}, "status": "paid"})
/// );
/// # let _ = Status::Open;
/// ```
///
/// # serde's words
///
/// What serde writes and what the schema says follow the same words: `rename`, `flatten`, `skip`, `skip_serializing_if` on
/// a field, `rename_all` on the record, and all of them on a `nested` type. One that is written `with` a function needs
/// `#[schemars(with = "…")]` beside it, with the type that it is written as. Names that differ in case only are refused:
/// many destinations take them for one column. A type that a service answers with can be the one that is emitted: derive
/// [`Deserialize`](macro@Deserialize) beside the attribute.
pub use airbyte_macros::airbyte_stream;

/// Makes a fetch function, or an `impl` block of them, a program: writes its `main`.
///
/// The arguments say what kind of stream it is:
///
/// | function | stream |
/// | --- | --- |
/// | `fn fetch(config: &Config, out: &mut Emitter<Record>) -> Result<()>` | read from its beginning each time |
/// | `fn fetch(config: &Config, since: Option<Date>, out: &mut Emitter<Record>) -> Result<()>` | read from where the last sync stopped; the type in `since` is that of the cursor field |
/// | `fn fetch(config: &Config, …) -> Result<impl Iterator<Item = Result<Record>>>` | the same two, records returned instead of emitted |
///
/// `since` is the position of the last record that is safe, and the record at that position may be sent again. With
/// `None` everything is to be read.
///
/// | word | meaning |
/// | --- | --- |
/// | `rate_limit(5 / minute, …)` | how many requests the service allows in any `second`, `minute`, `hour` or `day`; pages, retries and `check` count |
/// | `rate_limit(config.requests / minute)` | the same with a number of the configuration; 0 is no limit |
/// | `rate_limit = function` | the same, found in the configuration by `fn(&Config) -> Vec<RateLimit>` |
/// | `stop_when_exhausted` | when the service allows no more requests for longer than 5 minutes, an incremental read ends well where it is, if it can be resumed there; otherwise that is a transient error |
///
/// On a function there are two more:
///
/// | word | meaning |
/// | --- | --- |
/// | `check = function` | how the connection is tried, by `fn(&Config, &Http) -> Result<()>`; without it `check` fetches up to the first record |
/// | `parts = function` | lists what the stream is read by, part by part: `fn(&Config, &Http) -> Result<Vec<Part>>` |
///
/// On an `impl Config` block every method that takes an [`Emitter`](struct@Emitter) (or returns an iterator of records)
/// is a stream, with `&self` for the configuration; a method named `check` tries the connection, `#[parts(list)]` on a
/// stream names the method that lists its parts; others are helpers.
///
/// ```no_run
/// # use airbyte_sdk::*;
/// # #[derive(AirbyteSpec)] struct Config { city: String }
/// # #[airbyte_stream(name = "days", cursor = day)] struct Day { day: Date }
/// # #[airbyte_stream(name = "streets")] struct Street { name: String }
/// #[airbyte_source]
/// impl Config {
///     fn days(&self, since: Option<Date>, out: &mut Emitter<Day>) -> Result<()> {
///         out.emit(Day { day: since.unwrap_or(Date::MIN) })
///     }
///
///     fn streets(&self, out: &mut Emitter<Street>) -> Result<()> {
///         out.emit(Street { name: self.city.clone() })
///     }
///
///     fn check(&self, http: &Http) -> Result<()> {
///         http.get("https://weather.example/ping").send().map(drop)
///     }
/// }
/// ```
///
/// # Part by part
///
/// What a service hands out only city by city, or account by account, is fetched so: the list names the parts, and
/// the fetch function gets one of them as its second argument.
///
/// ```no_run
/// # use airbyte_sdk::*;
/// # #[derive(AirbyteSpec)] struct Config { cities: Vec<String> }
/// # #[airbyte_stream(name = "days", primary_key(city, day), cursor = day)] struct Day { city: String, day: Date }
/// #[airbyte_source]
/// impl Config {
///     fn cities(&self, _http: &Http) -> Result<Vec<String>> {
///         Ok(self.cities.clone())
///     }
///
///     #[parts(cities)]
///     fn days(&self, city: &str, since: Option<Date>, out: &mut Emitter<Day>) -> Result<()> {
///         out.emit(Day { city: city.to_owned(), day: since.unwrap_or(Date::MIN) })
///     }
/// }
/// ```
///
/// Each part has a position of its own in the state, by the name that `Display` gives it; no two may have the same.
/// A part that fails does not stop the others, unless it is the third in a row. Without `since` a full refresh that
/// broke off goes on with the parts that are left.
pub use airbyte_macros::airbyte_source;

/// serde's derive for the answers of a service, for crates that depend on the SDK alone.
///
/// All of `#[serde(…)]` works. A type with generics or lifetimes needs the `serde` crate itself.
///
/// ```
/// use airbyte_sdk::Deserialize;
///
/// #[derive(Deserialize)]
/// struct Page {
///     #[serde(rename = "nextUrl")]
///     next_url: Option<String>,
/// }
///
/// let page: Page = serde_json::from_str(r#"{"nextUrl": "/2"}"#).unwrap();
/// assert_eq!(page.next_url.as_deref(), Some("/2"));
/// ```
pub use airbyte_macros::Deserialize;

/// Logging: each line becomes a LOG message on stdout, with secrets removed.
pub mod log {
    pub use ::log::{debug, error, info, trace, warn};
}
