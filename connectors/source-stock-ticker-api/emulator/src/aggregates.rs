//! The endpoint: checks the key, the path, the parameters and the plan, and returns a page of bars.

use std::borrow::Cow;
use std::io::Write;
use std::iter;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use crate::bars::{self, Day};
use crate::calendar::{new_york_date, new_york_midnight};
use crate::error_response::ErrorResponse;
use crate::request::{Request, pairs, percent_decoded};
use crate::response::Response;
use crate::settings::{EmptyResults, NextPage, Settings};

const DEFAULT_LIMIT: u32 = 5_000;
/// The number of milliseconds in the shortest day, which limits bars of one millisecond each.
const MAX_BARS_PER_DAY: u32 = 82_800_000;

/// What a response depends on, except the request.
pub(crate) struct Api<'a> {
    pub(crate) settings: &'a Settings,
    pub(crate) url: &'a str,
    /// The number of the request.
    pub(crate) number: usize,
}

impl Api<'_> {
    pub(crate) fn knows_key(&self, request: &Request) -> bool {
        request.api_key().is_some_and(|key| key == self.settings.api_key)
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.settings.clock.unwrap_or_else(Timestamp::now)
    }

    fn today(&self) -> Date {
        new_york_date(self.now().as_millisecond()).unwrap_or(Date::MIN)
    }
}

/// Returns the response of the API, not compressed.
pub(crate) fn respond(api: &Api<'_>, request: &Request) -> Response {
    let request_id = format!("{:032x}", 0x6a7e_4663_79af_0a71_0000_0000_0000_0000 + api.number as u128);
    let response = match page(api, request, &request_id) {
        Ok(body) => Response::json_bytes(200, body),
        Err(error) => error.into_response(&request_id),
    };
    response.header("X-Request-Id", request_id).header("Vary", "Accept-Encoding")
}

fn page(api: &Api<'_>, request: &Request, request_id: &str) -> Result<Vec<u8>, ErrorResponse> {
    if !api.knows_key(request) {
        let given = request.api_key().is_some();
        return Err(if given { ErrorResponse::UnknownKey } else { ErrorResponse::NoKey });
    }
    let path = Path::of(request).ok_or(ErrorResponse::NoSuchPath)?;
    let parameters = Parameters::of(&path, request.query(), api.settings.largest_page)?;
    let allowed = allowed(api, &path, &parameters)?;
    Ok(Page { api, path: &path, target: &request.target, parameters: &parameters, allowed: &allowed }
        .write(request_id))
}

/// The segments of the path as they were sent, and the decoded ticker.
struct Path<'a> {
    ticker: Cow<'a, str>,
    raw_ticker: &'a str,
    multiplier: &'a str,
    timespan: &'a str,
    from: &'a str,
    to: &'a str,
}

impl<'a> Path<'a> {
    fn of(request: &'a Request) -> Option<Self> {
        let rest = request.path().strip_prefix("/v2/aggs/ticker/").filter(|_| request.method == "GET")?;
        let parts: Vec<&str> = rest.split('/').collect();
        let [raw_ticker, "range", multiplier, timespan, from, to] = parts[..] else {
            return None;
        };
        let ticker = percent_decoded(raw_ticker);
        if ticker.is_empty() || ticker.contains('/') {
            return None;
        }
        Some(Self { ticker, raw_ticker, multiplier, timespan, from, to })
    }
}

/// The valid parameters of a request.
struct Parameters {
    from: Date,
    to: Date,
    limit: u32,
    descending: bool,
    adjusted: bool,
    /// The number of bars of the first day that were on the page before.
    skip: u32,
    /// Whether the page has a cursor, so it is not the first page.
    is_later: bool,
    /// Whether the page is the empty one between two others.
    is_empty_page: bool,
}

impl Parameters {
    fn of(path: &Path<'_>, query: &str, largest_page: u32) -> Result<Self, ErrorResponse> {
        if path.multiplier != "1" || path.timespan != "day" {
            return Err(ErrorResponse::Parameter("this emulator has bars of 1 day only".to_owned()));
        }
        let from = time(path.from).ok_or(ErrorResponse::Time("from"))?;
        let to = time(path.to).ok_or(ErrorResponse::Time("to"))?;
        if to < from {
            return Err(ErrorResponse::ToBeforeFrom);
        }
        let mut parameters = Self {
            from,
            to,
            limit: DEFAULT_LIMIT,
            descending: false,
            adjusted: true,
            skip: 0,
            is_later: false,
            is_empty_page: false,
        };
        for (name, value) in pairs(query) {
            if name == "pause" {
                parameters.is_empty_page = true;
            } else if name == "cursor" {
                parameters.is_later = true;
                let bad = || ErrorResponse::Parameter("the parameter 'cursor' is invalid".to_owned());
                let bytes = URL_SAFE_NO_PAD.decode(value.as_bytes()).map_err(|_| bad())?;
                let query = String::from_utf8(bytes).map_err(|_| bad())?;
                for (name, value) in pairs(&query) {
                    if name == "skip" {
                        parameters.skip = value.parse().map_err(|_| bad())?;
                    } else {
                        parameters.take(&name, &value, largest_page)?;
                    }
                }
            } else {
                parameters.take(&name, &value, largest_page)?;
            }
        }
        Ok(parameters)
    }

    fn take(&mut self, name: &str, value: &str, largest_page: u32) -> Result<(), ErrorResponse> {
        let bad = |must: &str| ErrorResponse::Parameter(format!("the parameter '{name}' must be {must}"));
        match name {
            "limit" => {
                let limit = value.parse().ok().filter(|limit| (1..=largest_page).contains(limit));
                self.limit = limit.ok_or_else(|| bad(&format!("a number from 1 to {largest_page}")))?;
            }
            "sort" => {
                self.descending = match value {
                    "asc" => false,
                    "desc" => true,
                    _ => return Err(bad("'asc' or 'desc'")),
                };
            }
            "adjusted" => self.adjusted = value.parse().map_err(|_| bad("'true' or 'false'"))?,
            // Unknown parameters are ignored, as in the real API.
            _ => {}
        }
        Ok(())
    }
}

/// Reads a date, or a timestamp in milliseconds as its date in New York.
fn time(text: &str) -> Option<Date> {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if let &[year, month, day] = text.split('-').collect::<Vec<_>>().as_slice()
        && (year.len(), month.len(), day.len()) == (4, 2, 2)
        && [year, month, day].into_iter().all(digits)
    {
        return Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok();
    }
    let number = text.strip_prefix('-').unwrap_or(text);
    if number.is_empty() || !digits(number) {
        return None;
    }
    new_york_date(text.parse().ok()?)
}

/// The part of the range that the plan allows, inclusive. It may be empty.
struct Allowed {
    first: Date,
    last: Date,
    /// Whether the end was moved back because today's bar is not available yet.
    delayed: bool,
}

fn allowed(api: &Api<'_>, path: &Path<'_>, parameters: &Parameters) -> Result<Allowed, ErrorResponse> {
    let settings = api.settings;
    let other_class = ["O:", "I:", "C:", "X:"].iter().any(|class| path.ticker.starts_with(class));
    if settings.entitled_to_stocks_only && other_class {
        return Err(ErrorResponse::NotEntitled);
    }
    let today = api.today();
    let earliest = settings.history_days.map_or(Date::MIN, |days| {
        today.checked_sub(SignedDuration::from_hours(i64::from(days) * 24)).unwrap_or(Date::MIN)
    });
    if parameters.to < earliest || parameters.from > today {
        return Err(ErrorResponse::Timeframe);
    }
    let available = if settings.end_of_day { today.yesterday().unwrap_or(today) } else { today };
    if parameters.from > available {
        return Err(ErrorResponse::BeforeEndOfDay);
    }
    Ok(Allowed {
        first: parameters.from.max(earliest),
        last: parameters.to.min(available),
        delayed: parameters.to > available && settings.end_of_day,
    })
}

struct Page<'a> {
    api: &'a Api<'a>,
    path: &'a Path<'a>,
    /// The URL of the page, without the host.
    target: &'a str,
    parameters: &'a Parameters,
    allowed: &'a Allowed,
}

/// Where the next page begins.
struct Rest {
    /// The day of the last bar.
    last: Date,
    /// The day of the next bar, and the number of its bars that were on this page.
    next: Date,
    skip: u32,
}

impl Page<'_> {
    fn write(&self, request_id: &str) -> Vec<u8> {
        let settings = self.api.settings;
        if self.parameters.is_empty_page {
            let next = self.target.replace("pause=1&", "");
            let next = serde_json::Value::from(format!("{}{next}", self.api.url));
            return format!(
                r#"{{"status":"OK","ticker":"{}","adjusted":{},"resultsCount":0,"results":[],"next_url":{next}}}"#,
                self.path.ticker, self.parameters.adjusted
            )
            .into_bytes();
        }
        let (results, count, rest) = self.results();
        let ticker = serde_json::Value::from(&*self.path.ticker);
        let adjusted = self.parameters.adjusted != (settings.adjusted_flips && self.parameters.is_later);
        let status = if settings.delayed || self.allowed.delayed { "DELAYED" } else { "OK" };

        let mut body = Vec::with_capacity(results.len() + 512);
        // Writing to a vector cannot fail.
        let _ = write!(
            body,
            r#"{{"ticker":{ticker},"queryCount":{count},"resultsCount":{count},"adjusted":{adjusted}"#
        );
        match (count, settings.empty_results) {
            (0, EmptyResults::Absent) => {}
            (0, EmptyResults::Null) => body.extend_from_slice(b",\"results\":null"),
            _ => {
                body.extend_from_slice(b",\"results\":[");
                body.extend_from_slice(&results);
                body.push(b']');
            }
        }
        let _ = write!(body, r#","status":"{status}","request_id":"{request_id}""#);
        if count > 0 {
            let _ = write!(body, r#","count":{count}"#);
        }
        if let Some(rest) = rest {
            let _ = write!(body, r#","next_url":{}"#, serde_json::Value::from(self.next_url(&rest)));
        }
        body.push(b'}');
        body
    }

    /// Returns the bars separated by commas, their number, and where the next page begins.
    fn results(&self) -> (Vec<u8>, u32, Option<Rest>) {
        let Some(company) = bars::company(&self.path.ticker) else {
            return (Vec::new(), 0, None);
        };
        let (settings, parameters) = (self.api.settings, self.parameters);
        let per_day = settings.bars_per_day.clamp(1, MAX_BARS_PER_DAY);
        let most = settings.page_cap.map_or(parameters.limit, |cap| parameters.limit.min(cap.max(1)));
        let mut skip = parameters.skip;
        let mut last = parameters.from;
        let mut count = 0;
        let mut results = Vec::new();
        for date in self.dates() {
            let Some(day) = Day::new(company, date, parameters.adjusted, settings.volume_form) else {
                continue;
            };
            for done in skip..per_day {
                if count == most {
                    return (results, count, Some(Rest { last, next: date, skip: done }));
                }
                if count > 0 {
                    results.push(b',');
                }
                day.write(&mut results, if parameters.descending { per_day - 1 - done } else { done });
                count += 1;
                last = date;
            }
            skip = 0;
        }
        (results, count, None)
    }

    /// Returns all days of the range in the requested order.
    fn dates(&self) -> impl Iterator<Item = Date> {
        let range = self.allowed.first..=self.allowed.last;
        let (start, step): (_, fn(Date) -> _) = if self.parameters.descending {
            (self.allowed.last, Date::yesterday)
        } else {
            (self.allowed.first, Date::tomorrow)
        };
        iter::successors(Some(start), move |date| step(*date).ok())
            .take_while(move |date| range.contains(date))
    }

    /// Returns the same range, beginning the day after the last bar or, in descending order, ending the day before it. The
    /// other end of the range is unchanged, and the cursor contains the parameters without the API key.
    fn next_url(&self, rest: &Rest) -> String {
        let Parameters { limit, descending, adjusted, .. } = *self.parameters;
        let sort = if descending { "desc" } else { "asc" };
        let mut query = format!("limit={limit}&sort={sort}");
        if !adjusted {
            query.push_str("&adjusted=false");
        }
        let adjacent = if descending { rest.last.yesterday() } else { rest.last.tomorrow() };
        let adjacent = if self.api.settings.pages_overlap { Ok(rest.last) } else { adjacent };
        let mut start = new_york_midnight(adjacent.unwrap_or(rest.last));
        if rest.skip > 0 {
            query.push_str(&format!("&skip={}", rest.skip));
            start = new_york_midnight(rest.next);
            start += i64::from(rest.skip);
        }
        let cursor = URL_SAFE_NO_PAD.encode(query);
        let Path { raw_ticker, from, to, .. } = self.path;
        let range = if descending { format!("{from}/{start}") } else { format!("{start}/{to}") };
        let target = |ticker: &str| format!("/v2/aggs/ticker/{ticker}/range/1/day/{range}?cursor={cursor}");
        let own = &self.api.url;
        match &self.api.settings.next_page {
            NextPage::Own => format!("{own}{}", target(raw_ticker)),
            NextPage::At(host) => format!("{host}{}", target(raw_ticker)),
            NextPage::Relative => target(raw_ticker),
            NextPage::OtherTicker(ticker) => format!("{own}{}", target(ticker)),
            NextPage::Itself => format!("{own}{}", self.target),
            NextPage::AfterAnEmptyOne => {
                format!("{own}{}", target(raw_ticker).replace("?cursor", "?pause=1&cursor"))
            }
        }
    }
}
