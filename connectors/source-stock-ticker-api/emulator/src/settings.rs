//! The settings of the emulated API: key, clock, plan, response formats, faults.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use jiff::Timestamp;

use crate::request::Request;
use crate::response::Response;

/// A closure that injects faults. It receives the number of the request, from 0, and the request.
///
/// `Some` is sent unchanged instead of the real response; `None` handles the request normally. The closure runs on the
/// thread of the connection, so it may sleep to delay the response.
pub type Fault = Arc<dyn Fn(usize, &Request) -> Option<Response> + Send + Sync>;

/// The behavior of the emulated API. [`Settings::default`] is a paid plan with all history.
#[derive(Clone)]
pub struct Settings {
    /// The address to listen on; 127.0.0.1 by default. The clients must be able to reach it, because it is part of the
    /// URLs of next pages. Used only at the start.
    pub host: IpAddr,
    /// The port; 0 (the default) for any free port. Used only at the start.
    pub port: u16,
    /// The only valid API key.
    pub api_key: String,
    /// The current time of the API, which determines "today"; `None` for the machine's clock.
    pub clock: Option<Timestamp>,
    /// The number of days of history in the plan; `None` for all history. The free plan has `Some(730)`.
    pub history_days: Option<u32>,
    /// Whether today's bar is missing until tomorrow. A request for today alone is then rejected, and a range that ends
    /// today or later ends yesterday, with status `DELAYED`. The free plan has `true`.
    pub end_of_day: bool,
    /// Whether tickers of options, indices, currencies and crypto (`O: I: C: X:`) are rejected.
    pub entitled_to_stocks_only: bool,
    /// The `results` of a response without bars.
    pub empty_results: EmptyResults,
    /// The format of traded volumes.
    pub volume_form: VolumeForm,
    /// Whether responses are compressed if the client accepts it.
    pub gzip: bool,
    /// Whether every successful response has status `DELAYED` instead of `OK`.
    pub delayed: bool,
    /// The number of bars per trading day, one millisecond apart from midnight on. The real API has 1; more make a long
    /// read of few days, and a page can end within a day.
    pub bars_per_day: u32,
    /// The largest accepted `limit`. The real API has 50 000; more make larger pages.
    pub largest_page: u32,
    /// The maximum number of bars per page, regardless of `limit`; `None` for no maximum. 0 counts as 1. A client that
    /// assumes pages of `limit` bars loses bars; a client that follows `next_url` does not.
    pub page_cap: Option<u32>,
    /// Whether responses are cached by request target, to make a benchmark measure only its client.
    pub cache: bool,
    /// How a page links to the next one.
    pub next_page: NextPage,
    /// Whether the pages after the first return the opposite of the requested `adjusted`.
    pub adjusted_flips: bool,
    /// Whether each page after the first begins with the last bar of the page before.
    pub pages_overlap: bool,
    /// The rate limit; `None` for no limit. The free plan has [`CallLimit::FREE`].
    pub call_limit: Option<CallLimit>,
    /// A closure that injects faults, called before anything else.
    pub fault: Option<Fault>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            host: Ipv4Addr::LOCALHOST.into(),
            port: 0,
            api_key: "test-key".to_owned(),
            clock: None,
            history_days: None,
            end_of_day: false,
            entitled_to_stocks_only: false,
            empty_results: EmptyResults::Absent,
            volume_form: VolumeForm::Integer,
            gzip: true,
            delayed: false,
            bars_per_day: 1,
            largest_page: 50_000,
            page_cap: None,
            cache: false,
            next_page: NextPage::Own,
            adjusted_flips: false,
            pages_overlap: false,
            call_limit: None,
            fault: None,
        }
    }
}

/// The `results` of a response without bars. The real API has sent all three.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EmptyResults {
    /// No `results`.
    #[default]
    Absent,
    /// `"results":null`.
    Null,
    /// `"results":[]`.
    Array,
}

/// The format of a traded volume. The real API has sent all of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum VolumeForm {
    /// `52488692`.
    #[default]
    Integer,
    /// `642646396.0`.
    Float,
    /// `1.81724024e+08`.
    Exponent,
    /// `25933.6`. This changes the value: fractions of shares were traded.
    Fraction,
    /// The other formats in turn, one per day.
    Mixed,
}

/// How a page links to the next one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum NextPage {
    /// A URL of this server.
    #[default]
    Own,
    /// A URL with this scheme and host, such as `https://api.polygon.io`.
    At(String),
    /// Only the path and query.
    Relative,
    /// The URL of a page of this other ticker.
    OtherTicker(String),
    /// The URL of the page itself.
    Itself,
    /// The URL of an empty page, which links to the real next page.
    AfterAnEmptyOne,
}

/// A rate limit: the number of calls in any 60 seconds by the API's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallLimit {
    /// The number of allowed calls.
    pub calls: usize,
    /// Whether rejected calls count too.
    pub rejected_count: bool,
    /// The `Retry-After` header of a rejection.
    pub retry_after: RetryAfter,
    /// Whether a rejection has no body.
    pub empty_body: bool,
}

impl CallLimit {
    /// The limit of the free plan.
    pub const FREE: Self =
        Self { calls: 5, rejected_count: false, retry_after: RetryAfter::Absent, empty_body: false };
}

/// The `Retry-After` header of a rejected call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetryAfter {
    /// No header. The real API has never been seen to send one.
    Absent,
    /// A number of seconds.
    Seconds(u32),
    /// A date this number of seconds from now.
    Date(u32),
}
