//! Daily closing prices of one stock, from Polygon.io (now Massive).

use airbyte_sdk::{
    AirbyteSpec, Date, Deserialize, Emitter, Error, Http, Result, Secret, Timestamp, airbyte_source,
    airbyte_stream, http::Request, jiff::ToSpan, jiff::tz::Offset,
};

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
    /// The first day to read. A week ago if left out.
    start_date: Option<Date>,
    /// Whether earlier prices are put on the scale of today's shares after a split.
    #[airbyte(default = true)]
    adjusted: bool,
    /// Where the API is found.
    #[airbyte(default = "https://api.polygon.io", hidden)]
    api_url: String,
}

/// What one share cost when a trading day ended.
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
    status: String,
    ticker: String,
    adjusted: Option<bool>,
    results: Option<Vec<Bar>>, // absent when there are none
    next_url: Option<String>,
}

#[derive(Deserialize)]
struct Bar {
    t: i64, // when the day began in New York, in milliseconds
    c: f64,
}

#[airbyte_source(check = check)]
fn fetch(config: &Config, since: Option<Date>, out: &mut Emitter<StockPrice>) -> Result<()> {
    let last = last_finished_day()?;
    let begin = config.start_date.unwrap_or(last.checked_sub(6.days())?);
    let first = since.map_or(Ok(begin), Date::tomorrow)?; // the day reached has no other price
    if first > last {
        return Ok(()); // the API refuses days to come
    }
    for page in request(config, out.http(), first, last).pages(|page: &Page| page.next_url.clone()) {
        for bar in bars(page?, config)? {
            let date = Offset::UTC.to_datetime(Timestamp::from_millisecond(bar.t)?).date();
            out.emit(StockPrice { date, stock_ticker: config.stock_ticker.clone(), price: bar.c })?;
        }
    }
    Ok(())
}

fn check(config: &Config, http: &Http) -> Result<()> {
    let last = last_finished_day()?;
    let page = request(config, http, last.checked_sub(13.days())?, last).json()?;
    let unknown = || format!("no prices of {} in two weeks; mind capital letters", config.stock_ticker);
    if bars(page, config)?.is_empty() { Err(Error::config(unknown())) } else { Ok(()) }
}

/// Asks for the prices of these days, both included.
fn request(config: &Config, http: &Http, first: Date, last: Date) -> Request {
    let (url, ticker) = (config.api_url.trim_end_matches('/'), &config.stock_ticker);
    let request = http.get(format!("{url}/v2/aggs/ticker/{ticker}/range/1/day/{first}/{last}"));
    let request = request.query("adjusted", config.adjusted).query("sort", "asc").query("limit", 50_000);
    request.bearer(&config.api_key)
}

/// The bars of a page, if it answers what was asked.
fn bars(page: Page, config: &Config) -> Result<Vec<Bar>> {
    let asked = page.ticker == config.stock_ticker && page.adjusted != Some(!config.adjusted);
    match page.status.as_str() {
        "OK" | "DELAYED" if asked => Ok(page.results.unwrap_or_default()),
        status => {
            Err(Error::transient(format!("not the answer to what was asked: {status} for {}", page.ticker)))
        }
    }
}

/// Yesterday in New York, which is never further behind UTC than five hours.
fn last_finished_day() -> Result<Date> {
    Ok(Offset::constant(-5).to_datetime(Timestamp::now()).date().yesterday()?)
}
