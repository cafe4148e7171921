//! What a test decides about the service: key, clock, plan, forms of the answers, faults.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use jiff::Timestamp;

use crate::answer::Answer;
use crate::request::Request;

/// A script of faults: gets the number of the request (from 0) and the request itself.
///
/// `Some` is sent in place of the real answer, exactly as it is; `None` lets the request through. It runs on
/// the connection's own thread, so it may sleep to make an answer slow.
pub type Fault = Arc<dyn Fn(usize, &Request) -> Option<Answer> + Send + Sync>;

/// How the service behaves. Start from [`Settings::default`]: a paid key with all history.
#[derive(Clone)]
pub struct Settings {
    /// The address to listen at, 127.0.0.1 if nothing is said. It must be one by which clients reach this machine, since it
    /// stands in the URLs of next pages. Read at the start only.
    pub host: IpAddr,
    /// The port there; 0 takes a free one. Read at the start only.
    pub port: u16,
    /// The only key that is known.
    pub api_key: String,
    /// The service's idea of the present, which decides what "today" is; `None` is the machine's clock.
    pub clock: Option<Timestamp>,
    /// How many days back the plan reaches; `None` is all history, the free plan has `Some(730)`.
    pub history_days: Option<u32>,
    /// Whether today's bar is missing until tomorrow. Today on its own is then refused, and a range that ends
    /// today or later is answered up to yesterday with status `DELAYED`. The free plan has `true`.
    pub end_of_day: bool,
    /// Whether tickers of options, indices, currencies and crypto (`O: I: C: X:`) are refused.
    pub entitled_to_stocks_only: bool,
    /// What an answer without bars has in place of its bars.
    pub empty_results: EmptyResults,
    /// How traded volumes are written.
    pub volume_form: VolumeForm,
    /// Whether answers are compressed for clients that ask for it.
    pub gzip: bool,
    /// Whether every good answer has status `DELAYED` instead of `OK`.
    pub delayed: bool,
    /// How many bars each trading day has, one millisecond apart from midnight on. More than 1 is no
    /// behaviour of the service: it makes long reads out of few days. A page can then end inside a day.
    pub bars_per_day: u32,
    /// The largest `limit` that is accepted. More than 50 000 is no behaviour of the service: it makes pages as large
    /// as nobody sends them.
    pub largest_page: u32,
    /// The most bars that a page holds, whatever `limit` the client sends; `None` is no cap. 0 counts as 1. A client that
    /// takes `limit` for the size of a page loses bars; a client that follows `next_url` does not.
    pub page_cap: Option<u32>,
    /// Whether finished answers are kept by request target, so that a benchmark measures its client only.
    pub cache: bool,
    /// How a page names the next one.
    pub next_page: NextPage,
    /// Whether the pages after the first say the opposite of what was asked under `adjusted`.
    pub adjusted_flips: bool,
    /// Whether each page after the first begins with the bar that ended the one before.
    pub pages_overlap: bool,
    /// How many calls are allowed; `None` is all, the free plan has [`CallLimit::FREE`].
    pub call_limit: Option<CallLimit>,
    /// A script of faults, asked before anything else.
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

/// What an answer without bars has under `results`. All three have been seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EmptyResults {
    /// The key is not there.
    #[default]
    Absent,
    /// `"results":null`.
    Null,
    /// `"results":[]`.
    Array,
}

/// How a traded volume is written. All forms have been seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum VolumeForm {
    /// `52488692`.
    #[default]
    Integer,
    /// `642646396.0`.
    Float,
    /// `1.81724024e+08`.
    Exponent,
    /// `25933.6`, which is also another value: a fraction of a share was traded.
    Fraction,
    /// Each day takes the next of the other forms.
    Mixed,
}

/// How a page names the next one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum NextPage {
    /// By a URL of this server.
    #[default]
    Own,
    /// By a URL with this scheme and host, such as `https://api.polygon.io`.
    At(String),
    /// By path and query alone.
    Relative,
    /// By the URL of this ticker's page.
    OtherTicker(String),
    /// By the URL of the page itself.
    Itself,
    /// By the URL of a page that is empty, and names the real one.
    AfterAnEmptyOne,
}

/// How many calls a key has, in any 60 seconds by the service's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallLimit {
    /// So many are answered.
    pub calls: usize,
    /// Whether those that were refused count as well.
    pub refused_count: bool,
    /// How a refusal says when to come back.
    pub retry_after: RetryAfter,
    /// Whether a refusal has no body.
    pub empty_body: bool,
}

impl CallLimit {
    /// The limit of the free plan.
    pub const FREE: Self =
        Self { calls: 5, refused_count: false, retry_after: RetryAfter::Absent, empty_body: false };
}

/// How a refusal says when to come back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetryAfter {
    /// Not at all. No capture of the service shows the header.
    Absent,
    /// In so many seconds.
    Seconds(u32),
    /// At a date, so many seconds from now.
    Date(u32),
}
