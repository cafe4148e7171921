//! Daily closing prices of one stock, from Polygon.io (now Massive).

use airbyte_sdk::{AirbyteSpec, Date, Deserialize, Secret, airbyte_source, airbyte_stream, jiff::tz::Offset};
use airbyte_sdk::{DateRange, Emitter, Error, Http, Result, Timestamp, http::ElementPages, http::Pagination};

#[derive(AirbyteSpec)]
#[airbyte(
    documentation_url = "https://polygon.io/docs/stocks/get_v2_aggs_ticker__stocksticker__range__multiplier___timespan___from___to"
)]
struct Config {
    /// The stock ticker to track
    #[airbyte(examples("AAPL", "TSLA", "AMZN"), pattern = "^[A-Za-z0-9][A-Za-z0-9.:-]{0,31}$")]
    #[airbyte(pattern_descriptor = "a ticker such as AAPL or BRK.B")]
    stock_ticker: String,
    /// The Polygon.io Stocks API key to use to hit the API.
    api_key: Secret,
    /// The first day to read; by default a week ago.
    start_date: Option<Date>,
    /// The last day to read; by default the last day that has ended.
    end_date: Option<Date>,
    /// The number of days that each sync reads again, for corrected prices.
    lookback_days: Option<u32>,
    /// Whether to adjust historical prices for stock splits.
    #[airbyte(default = true)]
    adjusted: bool,
    /// The rate limit of your plan: 5 for the free one, 0 for no limit.
    #[airbyte(default = 5)]
    requests_per_minute: u32,
    /// The base URL of the API, for tests.
    #[airbyte(default = "https://api.polygon.io", url, hidden)]
    api_url: String,
}

/// The closing price of a stock on one trading day.
#[airbyte_stream(name = "stock_prices", primary_key(stock_ticker, date), cursor = date, order = ascending)]
struct StockPrice {
    /// The trading day
    date: Date,
    stock_ticker: String,
    /// The closing price in US dollars
    price: f64,
}

#[derive(Deserialize)]
struct Page {
    ticker: String, // the first two fields precede the bars, the others follow them
    adjusted: Option<bool>,
    #[serde(rename = "resultsCount")]
    count: Option<u64>,
    status: Option<String>,
    next_url: Option<String>,
}

#[derive(Deserialize)]
struct Bar {
    t: i64, // the start of the day in New York, in milliseconds
    c: f64,
}

#[airbyte_source(partitions = ticker, check = check, rate_limit(config.requests_per_minute / minute))]
fn fetch(config: &Config, ticker: &str, since: Option<Date>, out: &mut Emitter<StockPrice>) -> Result<()> {
    // Up to yesterday in New York, which is at most five hours behind UTC.
    let days = DateRange::ended_at(Offset::constant(-5), 7).between(config.start_date, config.end_date)?;
    let Some(mut days) = days.after(since, config.lookback_days) else { return Ok(()) };
    for bar in bars(config, &out.http(), &days) {
        let Bar { t, c: price } = bar?;
        let date = days.check(Offset::UTC.to_datetime(Timestamp::from_millisecond(t)?).date())?;
        out.emit(StockPrice { date, stock_ticker: ticker.to_owned(), price })?;
    }
    Ok(())
}

fn ticker(config: &Config, _: &Http) -> Result<Vec<String>> {
    Ok(vec![config.stock_ticker.clone()]) // a partition: the state names the ticker
}

fn check(config: &Config, http: &Http) -> Result<()> {
    let days = DateRange::ended_at(Offset::constant(-5), 14).between(config.start_date, config.end_date)?;
    let days = days.clone().between(days.first().min(DateRange::up_to(days.last(), 14).first()), None)?;
    let none = format!("no prices for {} from {days}: check case and dates", config.stock_ticker);
    bars(config, http, &days).next().unwrap_or_else(|| Err(Error::config(none))).map(drop)
}

fn bars<'a>(config: &'a Config, http: &Http, days: &DateRange) -> ElementPages<'a, Bar> {
    let api = http.base_url(&config.api_url).bearer(&config.api_key);
    let api = api.map_error_response(|e| e.says("end of day").then(|| Error::transient("price not out yet")));
    let (ticker, first, last) = (&config.stock_ticker, days.first(), days.last());
    let bars = api.get(format!("/v2/aggs/ticker/{ticker}/range/1/day/{first}/{last}"));
    let bars = bars.query("adjusted", config.adjusted).query("sort", "asc").query("limit", 50_000);
    let next = Pagination::next_url(|page| next_url(page, config));
    let bars = bars.elements("results").allow_missing_array().paginate(next);
    bars.verify_count(|page: &Page| page.count).check_preamble(|page| next_url(page, config).map(drop))
}

fn next_url(page: &Page, config: &Config) -> Result<Option<String>> {
    let status = page.status.as_deref().unwrap_or("OK");
    let expected = page.ticker == config.stock_ticker && page.adjusted != Some(!config.adjusted);
    let error = || Error::transient(format!("unexpected response: status {status} for {}", page.ticker));
    (expected && ["OK", "DELAYED"].contains(&status)).then(|| page.next_url.clone()).ok_or_else(error)
}
