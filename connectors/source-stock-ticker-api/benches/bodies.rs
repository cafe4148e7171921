//! Compares two ways to read the same pages: each as a whole (`pages`), or element by element as it arrives (`elements`).
//! Then reads the same records from one body as a JSON array, as JSON Lines and as CSV. A plain client, which parses only
//! the next URL, shows the cost of the API and the network.
//!
//! `cargo bench -p source-stock-ticker-api --bench bodies`
//!
//! The program starts itself: with the command `read` it is a connector.
#![allow(
    missing_docs,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::disallowed_macros,
    clippy::disallowed_methods,
    reason = "a benchmark"
)]

mod measuring;

use airbyte_sdk::http::Pagination;
use airbyte_sdk::testing::server::Response;
use airbyte_sdk::testing::{Connector, Server};
use airbyte_sdk::{AirbyteSpec, Date, Deserialize, Emitter, Result, Source, Timestamp, airbyte_stream};
use jiff::tz::Offset;
use measuring::{Stdout, first_day, measure};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::ExitCode;
use std::time::{Duration, Instant};
use stock_api_emulator::{Emulator, Settings};

const BARS_PER_DAY: u32 = 10_000;
const RUNS: usize = 7;

#[derive(AirbyteSpec)]
struct Config {
    url: String,
    /// `pages`, `elements`, `lines` or `table`
    way: String,
}

#[airbyte_stream(name = "stock_prices", primary_key(stock_ticker, date), cursor = date, order = ascending)]
struct StockPrice {
    date: Date,
    stock_ticker: String,
    price: f64,
}

#[derive(Deserialize)]
struct Page {
    results: Option<Vec<Bar>>,
    next_url: Option<String>,
}

#[derive(Deserialize)]
struct Envelope {
    next_url: Option<String>,
}

#[derive(Deserialize)]
struct Bar {
    t: i64,
    c: f64,
}

fn fetch(config: &Config, _: Option<Date>, out: &mut Emitter<StockPrice>) -> Result<()> {
    let request = out.http().get(&config.url).header("Authorization", "Bearer bench-key");
    match config.way.as_str() {
        "elements" => request
            .elements("results")
            .paginate(Pagination::next_url(|page: &Envelope| page.next_url.clone()))
            .try_for_each(|bar| emit(bar?, out)),
        "lines" => request.json_lines().try_for_each(|bar| emit(bar?, out)),
        "table" => request.csv().try_for_each(|bar| emit(bar?, out)),
        _ => request.pages(Pagination::next_url(|page: &Page| page.next_url.clone())).try_for_each(|page| {
            page?.results.unwrap_or_default().into_iter().try_for_each(|bar| emit(bar, out))
        }),
    }
}

fn emit(bar: Bar, out: &mut Emitter<StockPrice>) -> Result<()> {
    let date = Offset::UTC.to_datetime(Timestamp::from_millisecond(bar.t)?).date();
    out.emit(StockPrice { date, stock_ticker: "TSLA".to_owned(), price: bar.c })
}

fn main() -> ExitCode {
    match std::env::args().nth(1).as_deref() {
        Some("spec" | "discover" | "read") => Source::new("source-bodies", "0").incremental(fetch).run(),
        _ => {
            for (records, pages_of) in
                [(1_000_000, 5_000), (1_000_000, 50_000), (1_000_000, 1_000_000), (5_000_000, 5_000_000)]
            {
                compare(records, pages_of);
            }
            compare_formats(1_000_000);
            ExitCode::SUCCESS
        }
    }
}

/// Returns an emulator with pages of this size, and the path of the first page of `records` records.
fn emulator(records: usize, pages_of: u32) -> (Emulator, String) {
    let settings = Settings {
        api_key: "bench-key".to_owned(),
        bars_per_day: BARS_PER_DAY,
        largest_page: pages_of,
        // The first run builds the pages, so that only the client is measured.
        cache: true,
        gzip: false,
        ..Settings::default()
    };
    let emulator = Emulator::start(settings).expect("a port on loopback");
    let (first, last) = (first_day(records / BARS_PER_DAY as usize), first_day(1));
    let path =
        format!("/v2/aggs/ticker/TSLA/range/1/day/{first}/{last}?adjusted=true&sort=asc&limit={pages_of}");
    (emulator, path)
}

fn compare(records: usize, pages_of: u32) {
    let (emulator, path) = emulator(records, pages_of);
    let connector = Connector::new(std::env::current_exe().expect("this program"));
    let config = |way: &str| json!({"url": format!("{}{path}", emulator.url()), "way": way});
    let catalog = connector.discover(&config("pages")).configured("incremental");

    let bytes = plain(&emulator.url(), &path);
    println!("{records} records in pages of {pages_of}, {:.0} MB, median of {RUNS} runs", bytes as f64 / 1e6);
    // Alternating, so that a slow phase of the machine affects all.
    let mut ways = [("plain client", Vec::new()), ("pages", Vec::new()), ("elements", Vec::new())];
    for _ in 0..RUNS {
        let started = Instant::now();
        plain(&emulator.url(), &path);
        ways[0].1.push((started.elapsed(), 0));
        // Whole pages are limited to 256 MiB.
        if bytes < 256 << 20 {
            ways[1].1.push(measure(&connector, &config("pages"), &catalog, Stdout::Null));
        }
        ways[2].1.push(measure(&connector, &config("elements"), &catalog, Stdout::Null));
    }
    ways.into_iter().for_each(|(way, runs)| print(way, runs, records));
}

/// Reads the same records from one body in each format that can be read as it arrives.
fn compare_formats(records: usize) {
    let (emulator, path) = emulator(records, u32::try_from(records).expect("a page"));
    let request = ureq::get(format!("{}{path}", emulator.url())).header("Authorization", "Bearer bench-key");
    let mut response = request.call().expect("a page");
    let page = response.body_mut().with_config().limit(1 << 30).read_to_string().expect("a page");
    let formats = [("elements", page.clone()), ("lines", lines(&page)), ("table", table(&page))];
    drop((emulator, page));
    let connector = Connector::new(std::env::current_exe().expect("this program"));
    for (format, body) in formats {
        let bytes = body.len();
        let server = serve(body);
        let config = json!({"url": format!("{}/", server.url()), "way": format});
        let catalog = connector.discover(&config).configured("incremental");
        println!("{records} records as {format}, {:.0} MB, median of {RUNS} runs", bytes as f64 / 1e6);
        let mut ways = [("plain client", Vec::new()), (format, Vec::new())];
        for _ in 0..RUNS {
            let started = Instant::now();
            plain(server.url(), "/");
            ways[0].1.push((started.elapsed(), 0));
            ways[1].1.push(measure(&connector, &config, &catalog, Stdout::Null));
        }
        ways.into_iter().for_each(|(way, runs)| print(way, runs, records));
    }
}

fn print(way: &str, mut runs: Vec<(Duration, u64)>, records: usize) {
    runs.sort_unstable();
    let Some((median, _)) = runs.get(RUNS / 2) else { return };
    let (fastest, slowest) = (runs[0].0, runs[RUNS - 1].0);
    let peak = runs.iter().map(|run| run.1).max().unwrap_or_default();
    println!(
        "  {way:12} {:6.2} M records/s{} ({:.3} s; {:.3} to {:.3})",
        records as f64 / median.as_secs_f64() / 1e6,
        if peak > 0 { format!(", {:.1} MiB peak", peak as f64 / 1024.0) } else { String::new() },
        median.as_secs_f64(),
        fastest.as_secs_f64(),
        slowest.as_secs_f64(),
    );
}

fn bars(page: &str) -> impl Iterator<Item = &str> {
    let (_, results) = page.split_once("\"results\":[").expect("results");
    let (results, _) = results.split_once(']').expect("an end");
    results.split_inclusive('}').map(|bar| bar.trim_start_matches(','))
}

fn lines(page: &str) -> String {
    bars(page).flat_map(|bar| [bar, "\n"]).collect()
}

fn table(page: &str) -> String {
    const COLUMNS: [&str; 8] = ["v", "vw", "o", "c", "h", "l", "t", "n"];
    let row = |bar: &str| {
        let bar: Value = serde_json::from_str(bar).expect("a bar");
        COLUMNS.map(|column| bar.get(column).map(Value::to_string).unwrap_or_default()).join(",") + "\n"
    };
    format!("{}\n{}", COLUMNS.join(","), bars(page).map(row).collect::<String>())
}

/// Returns a server with one body.
fn serve(body: String) -> Server {
    let server = Server::start();
    server.on("GET /").respond(Response::bytes(body).close());
    server
}

/// Reads all pages, parses only the next URL, and returns the number of bytes.
fn plain(url: &str, path: &str) -> usize {
    let host = url.trim_start_matches("http://");
    let stream = TcpStream::connect(host).expect("the emulator");
    let mut input = BufReader::with_capacity(128 << 10, stream.try_clone().expect("a socket"));
    let (mut path, mut bytes, mut tail) = (path.to_owned(), 0, Vec::new());
    loop {
        let head = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer bench-key\r\n\r\n");
        (&stream).write_all(head.as_bytes()).expect("a request");
        let mut left = 0_usize;
        let mut line = String::new();
        while line != "\r\n" {
            line.clear();
            input.read_line(&mut line).expect("a header");
            if let Some(length) = line.strip_prefix("Content-Length: ") {
                left = length.trim().parse().expect("a length");
            }
        }
        bytes += left;
        // Everything except the end, which contains the next URL.
        let mut chunk = vec![0; 128 << 10];
        while left > 1024 {
            let most = chunk.len().min(left - 1024);
            left -= input.read(&mut chunk[..most]).expect("a body");
        }
        tail.resize(left, 0);
        input.read_exact(&mut tail).expect("a body");
        let text = String::from_utf8_lossy(&tail);
        let next = text.split("\"next_url\":\"").nth(1).and_then(|rest| rest.split('"').next());
        match next.and_then(|next| next.strip_prefix(url)) {
            Some(next) => path = next.to_owned(),
            None => return bytes,
        }
    }
}
