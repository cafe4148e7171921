//! A source whose API omits records, and whose fetch functions handle the error in every possible way.

use renamed_sdk::http::{ElementPages, Pagination};
use renamed_sdk::{AirbyteSpec, Deserialize, Emitter, Error, Http, Result, airbyte_source, airbyte_stream};
use serde::Serializer;
use std::sync::Mutex;
use std::sync::mpsc::{Sender, channel};
use std::thread::JoinHandle;

#[derive(AirbyteSpec)]
#[airbyte(crate = ::renamed_sdk)]
struct Config {
    url: String,
    /// How the fetch functions handle an error
    #[airbyte(default = "returned")]
    error: String,
}

#[airbyte_stream(crate = ::renamed_sdk, name = "rows", cursor = id, order = ascending)]
struct Row {
    id: u64,
}

#[airbyte_stream(crate = ::renamed_sdk, name = "loose", cursor = id)]
struct Loose {
    id: u64,
}

#[airbyte_stream(crate = ::renamed_sdk, name = "table")]
struct Cell {
    id: u64,
}

#[airbyte_stream(crate = ::renamed_sdk, name = "lines", cursor = id, order = ascending)]
struct Line {
    id: u64,
}

#[airbyte_stream(crate = ::renamed_sdk, name = "whole_pages", cursor = id)]
struct Paged {
    id: u64,
}

#[airbyte_stream(crate = ::renamed_sdk, name = "days", cursor = id, order = ascending)]
struct Day {
    id: u64,
}

#[airbyte_stream(crate = ::renamed_sdk, name = "endless", cursor = id, order = ascending)]
struct Endless {
    id: u64,
}

#[airbyte_stream(crate = ::renamed_sdk, name = "fragile", cursor = id, order = ascending)]
struct Fragile {
    id: u64,
    #[serde(serialize_with = "all_but_three")]
    #[schemars(with = "u64")]
    number: u64,
}

fn all_but_three<S: Serializer>(number: &u64, serializer: S) -> Result<S::Ok, S::Error> {
    assert_ne!(*number, 3, "not this one");
    serializer.serialize_u64(*number)
}

#[airbyte_stream(crate = ::renamed_sdk, name = "visits", cursor = id, order = ascending)]
struct Visit {
    shop: String,
    id: u64,
}

#[airbyte_stream(crate = ::renamed_sdk, name = "boxes")]
struct Box {
    shop: String,
    id: u64,
}

#[airbyte_stream(crate = ::renamed_sdk, name = "after")]
struct After {
    id: u64,
}

#[derive(Deserialize)]
#[airbyte(crate = ::renamed_sdk)]
struct Element {
    id: u64,
}

#[derive(Deserialize)]
#[airbyte(crate = ::renamed_sdk)]
struct Page {
    count: Option<u64>,
    next: Option<String>,
}

#[derive(Deserialize)]
#[airbyte(crate = ::renamed_sdk)]
struct WholePage {
    rows: Vec<Element>,
    next: Option<String>,
}

/// A client that outlives its owner: the list of partitions, or a stream that has ended.
static KEPT: Mutex<Option<Http>> = Mutex::new(None);

/// A thread that outlives its stream, and the sender that resumes it.
static LATE: Mutex<Option<(Sender<()>, JoinHandle<()>)>> = Mutex::new(None);

#[airbyte_source(crate = ::renamed_sdk, concurrency = 1)]
impl Config {
    fn rows(&self, _since: Option<u64>, out: &mut Emitter<Row>) -> Result<()> {
        if self.error == "kept_client" {
            self.keep(&out.http());
            return Ok(());
        }
        let rows = self.pages("/rows", &out.http());
        self.emit(rows, out, |id| Row { id })
    }

    fn loose(&self, _since: Option<u64>, out: &mut Emitter<Loose>) -> Result<()> {
        let rows = self.pages("/rows", &out.http());
        self.emit(rows, out, |id| Loose { id })
    }

    fn table(&self, out: &mut Emitter<Cell>) -> Result<()> {
        let rows = self.pages("/rows", &out.http());
        self.emit(rows, out, |id| Cell { id })
    }

    fn lines(&self, _since: Option<u64>, out: &mut Emitter<Line>) -> Result<()> {
        let lines = out.http().base_url(&self.url).get("/lines").json_lines();
        self.emit(lines, out, |id| Line { id })
    }

    fn whole_pages(&self, _since: Option<u64>, out: &mut Emitter<Paged>) -> Result<()> {
        let request = out.http().base_url(&self.url).get("/rejected");
        let pages = request.pages(Pagination::next_url(|page: &WholePage| page.next.clone()));
        let rows = pages.flat_map(|page| match page {
            Ok(page) => page.rows.into_iter().map(Ok).collect(),
            Err(error) => vec![Err(error)],
        });
        self.emit(rows, out, |id| Paged { id })
    }

    fn shops(&self, http: &Http) -> Result<Vec<String>> {
        self.keep(http);
        if self.error == "thread_in_list" {
            #[expect(clippy::panic, reason = "the test needs a panic")]
            let listing = std::thread::spawn(|| panic!("no more shops"));
            let _ = listing.join();
            return Ok(vec!["a".to_owned()]);
        }
        let shops = http.base_url(&self.url).get("/shops").elements::<String>("shops");
        if self.error == "ignored" { Ok(shops.flatten().collect()) } else { shops.collect() }
    }

    #[partitions(shops)]
    fn visits(&self, shop: &str, _since: Option<u64>, out: &mut Emitter<Visit>) -> Result<()> {
        let rows = self.pages(&format!("/rows/{shop}"), &self.client(out.http()));
        self.emit(rows, out, |id| Visit { shop: shop.to_owned(), id })
    }

    #[partitions(shops)]
    fn boxes(&self, shop: &str, out: &mut Emitter<Box>) -> Result<()> {
        let rows = self.pages(&format!("/rows/{shop}"), &self.client(out.http()));
        self.emit(rows, out, |id| Box { shop: shop.to_owned(), id })
    }

    /// Sends one request per day, the second of which may fail.
    fn days(&self, _since: Option<u64>, out: &mut Emitter<Day>) -> Result<()> {
        for day in 1..=3 {
            let rows = out.http().base_url(&self.url).get(format!("/days/{day}")).json::<WholePage>();
            let Ok(page) = rows else { continue };
            page.rows.into_iter().try_for_each(|row| out.emit(Day { id: row.id }))?;
        }
        Ok(())
    }

    /// Emits until an error, then exits the process.
    fn endless(&self, _since: Option<u64>, out: &mut Emitter<Endless>) -> Result<()> {
        for id in 0.. {
            if out.emit(Endless { id }).is_err() {
                std::process::exit(0);
            }
        }
        Ok(())
    }

    /// Ignores panics during the serialization of records.
    fn fragile(&self, _since: Option<u64>, out: &mut Emitter<Fragile>) -> Result<()> {
        for id in 1..=if self.error == "last" { 3 } else { 5 } {
            let emit = std::panic::AssertUnwindSafe(|| out.emit(Fragile { id, number: id }));
            let _ = std::panic::catch_unwind(emit);
        }
        Ok(())
    }

    /// Succeeds, unless a thread of an earlier stream panics or a kept client fails.
    fn after(&self, out: &mut Emitter<After>) -> Result<()> {
        if let Some((resume, thread)) = LATE.lock().ok().and_then(|mut late| late.take()) {
            let _ = resume.send(());
            let _ = thread.join();
        }
        if self.error == "kept_client" {
            let rows = self.pages("/rows", &self.client(out.http()));
            return self.emit(rows, out, |id| After { id });
        }
        out.emit(After { id: 1 })
    }
}

impl Config {
    fn keep(&self, http: &Http) {
        if let (true, Ok(mut kept)) = (self.error == "kept_client", KEPT.lock()) {
            *kept = Some(http.clone());
        }
    }

    /// The kept client if any, otherwise this one.
    fn client(&self, http: Http) -> Http {
        KEPT.lock().ok().and_then(|kept| kept.clone()).unwrap_or(http)
    }

    fn pages(&self, path: &str, http: &Http) -> ElementPages<'static, Element> {
        let rows = http.base_url(&self.url).get(path).elements("rows");
        let rows = rows.paginate(Pagination::next_url(|page: &Page| page.next.clone()));
        rows.verify_count(|page: &Page| page.count)
    }

    #[expect(clippy::expect_used, clippy::panic, reason = "the faults under test")]
    fn emit<T: renamed_sdk::Stream>(
        &self,
        mut rows: impl Iterator<Item = Result<Element>>,
        out: &mut Emitter<T>,
        record: impl Fn(u64) -> T,
    ) -> Result<()> {
        match self.error.as_str() {
            "converted" => rows.try_for_each(|row| {
                let row = row.map_err(|error| Error::transient(format!("rows: {error}")))?;
                out.emit(record(row.id))
            }),
            "through_io" => rows.try_for_each(|row| {
                let row = row.map_err(|error| std::io::Error::other(error.to_string()))?;
                out.emit(record(row.id))
            }),
            "panics" => rows.try_for_each(|row| out.emit(record(row.expect("a row").id))),
            "ignored" | "kept_client" => rows.flatten().try_for_each(|row| out.emit(record(row.id))),
            "left_early" => rows.take(4).try_for_each(|row| out.emit(record(row?.id))),
            // Record 4 and all later ones are doubtful, even if the iterator succeeds.
            "held" => rows.flatten().try_for_each(|row| {
                if row.id == 4 {
                    out.hold();
                }
                out.emit(record(row.id))
            }),
            "held_and_released" => {
                out.hold();
                rows.flatten().try_for_each(|row| out.emit(record(row.id)))?;
                out.release();
                Ok(())
            }
            // The missing records come from elsewhere.
            "made_up" => {
                rows.flatten().try_for_each(|row| out.emit(record(row.id)))?;
                out.emit(record(6))?;
                out.forgive();
                out.emit(record(7))
            }
            // A thread that fetches records panics.
            "thread" => {
                let (sender, receiver) = channel();
                std::thread::spawn(move || {
                    let _ = [1, 2].map(|id| sender.send(id));
                    panic!("no more rows");
                });
                receiver.into_iter().chain([7]).try_for_each(|id| out.emit(record(id)))
            }
            "late_thread" => {
                let (resume, wait) = channel::<()>();
                let thread = std::thread::spawn(move || {
                    let _ = wait.recv();
                    panic!("too late");
                });
                *LATE.lock().map_err(|_| Error::system("poisoned"))? = Some((resume, thread));
                rows.try_for_each(|row| out.emit(record(row?.id)))
            }
            "exit" => {
                if let Some(row) = rows.next() {
                    out.emit(record(row?.id))?;
                }
                std::process::exit(0)
            }
            _ => out.try_extend(rows.map(|row| row.map(|row| record(row.id)))),
        }
    }
}
