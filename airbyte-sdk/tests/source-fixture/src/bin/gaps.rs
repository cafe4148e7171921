//! A source whose API leaves records out, and whose fetch functions do something else with the error than return it.

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
    /// What is done with an error
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

/// A client that was kept for later: by the list of partitions, or by a stream that has ended.
static KEPT: Mutex<Option<Http>> = Mutex::new(None);

/// A thread that outlives its stream, and what lets it go on.
static LATE: Mutex<Option<(Sender<()>, JoinHandle<()>)>> = Mutex::new(None);

#[airbyte_source(crate = ::renamed_sdk)]
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
            #[expect(clippy::panic, reason = "this is what is tried")]
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

    /// A request for each day, the second of which the API does not answer well.
    fn days(&self, _since: Option<u64>, out: &mut Emitter<Day>) -> Result<()> {
        for day in 1..=3 {
            let rows = out.http().base_url(&self.url).get(format!("/days/{day}")).json::<WholePage>();
            let Ok(page) = rows else { continue };
            page.rows.into_iter().try_for_each(|row| out.emit(Day { id: row.id }))?;
        }
        Ok(())
    }

    /// Until it is stopped, which it takes for a reason to exit.
    fn endless(&self, _since: Option<u64>, out: &mut Emitter<Endless>) -> Result<()> {
        for id in 0.. {
            if out.emit(Endless { id }).is_err() {
                std::process::exit(0);
            }
        }
        Ok(())
    }

    /// Records that cannot be written, and a fetch function that does not care.
    fn fragile(&self, _since: Option<u64>, out: &mut Emitter<Fragile>) -> Result<()> {
        for id in 1..=if self.error == "last" { 3 } else { 5 } {
            let emit = std::panic::AssertUnwindSafe(|| out.emit(Fragile { id, number: id }));
            let _ = std::panic::catch_unwind(emit);
        }
        Ok(())
    }

    /// Has no mistakes of its own. A thread of an earlier stream may panic meanwhile.
    fn after(&self, out: &mut Emitter<After>) -> Result<()> {
        if let Some((go_on, thread)) = LATE.lock().ok().and_then(|mut late| late.take()) {
            let _ = go_on.send(());
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

    /// The client that was kept, or else this one.
    fn client(&self, http: Http) -> Http {
        KEPT.lock().ok().and_then(|kept| kept.clone()).unwrap_or(http)
    }

    fn pages(&self, path: &str, http: &Http) -> ElementPages<'static, Element> {
        let rows = http.base_url(&self.url).get(path).elements("rows");
        let rows = rows.paginate(Pagination::next_url(|page: &Page| page.next.clone()));
        rows.verify_count(|page: &Page| page.count)
    }

    #[expect(clippy::expect_used, clippy::panic, reason = "these are the mistakes that are tried")]
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
            // Whatever an iterator says, 4 and what follows is doubtful.
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
            // Another source has what this one lacks.
            "made_up" => {
                rows.flatten().try_for_each(|row| out.emit(record(row.id)))?;
                out.emit(record(6))?;
                out.forgive();
                out.emit(record(7))
            }
            // A thread that fetches for this function panics.
            "thread" => {
                let (sender, receiver) = channel();
                std::thread::spawn(move || {
                    let _ = [1, 2].map(|id| sender.send(id));
                    panic!("no more rows");
                });
                receiver.into_iter().chain([7]).try_for_each(|id| out.emit(record(id)))
            }
            "late_thread" => {
                let (go_on, wait) = channel::<()>();
                let thread = std::thread::spawn(move || {
                    let _ = wait.recv();
                    panic!("too late");
                });
                *LATE.lock().map_err(|_| Error::system("poisoned"))? = Some((go_on, thread));
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
