//! A source with one stream for each way to read or to fail.

use renamed_sdk::jiff::Timestamp;
use renamed_sdk::{
    AirbyteSpec, Deserialize, Emitter, Error, Http, Result, Secret, airbyte_source, airbyte_stream, log,
};
use serde_json::Value;

mod measurements;
mod shelves;

use measurements::{Counted, Measurement, Timed};
use shelves::{Book, Box, Shelf};

/// How the streams behave.
#[derive(AirbyteSpec)]
#[airbyte(crate = ::renamed_sdk, title = "Fixture", groups(login = "Login"))]
struct Config {
    /// How many records each stream has
    #[airbyte(default = 3, max = 1_000_000)]
    count: u32,
    /// How many records share a number
    #[airbyte(default = 1, min = 1)]
    ties: u32,
    /// A secret that no message may show
    #[airbyte(group = "login")]
    token: Option<Secret>,
    /// The records of the stream `texts`
    #[airbyte(default = vec!["plain".to_owned()])]
    words: Vec<String>,
    #[airbyte(default = 0.5, min = 0.0, max = 1.0, always_show)]
    ratio: f64,
    /// The partitions of `books` and `boxes`; those called `bad…` or `gone…` fail at their end
    #[airbyte(default = vec!["a".to_owned(), "b".to_owned()])]
    shelves: Vec<String>,
    since: Option<Timestamp>,
    /// The result of `check`
    #[airbyte(
        default = "ok",
        pattern = "^(ok|config|token|transient|system|panic)$",
        pattern_descriptor = "one of the known results"
    )]
    check: String,
}

#[airbyte_stream(crate = ::renamed_sdk, name = "numbers", namespace = "math", primary_key(id), cursor = number, order = ascending, older_state = migrate)]
struct Number {
    id: u64,
    number: i64,
}

/// Migrates the state of another connector: `{"last": "number 5"}`.
fn migrate(state: &Value, _partition: Option<&str>) -> Result<Option<i64>> {
    let Some(text) = state["last"].as_str() else { return Ok(None) };
    Ok(Some(text.trim_start_matches("number ").parse()?))
}

#[airbyte_stream(crate = ::renamed_sdk, name = "jumbled", primary_key(id), cursor = number, on_null = emit)]
struct Jumbled {
    id: u64,
    #[serde(rename = "Number")]
    number: Option<i64>,
}

#[airbyte_stream(crate = ::renamed_sdk, name = "texts")]
struct Text {
    text: String,
    note: Note,
}

#[derive(Deserialize)]
#[airbyte(crate = ::renamed_sdk)]
struct Unused {
    notes: Vec<u8>,
}

#[airbyte_stream(crate = ::renamed_sdk, name = "notes")]
struct Note {
    at: Option<Timestamp>,
}

#[airbyte_stream(crate = ::renamed_sdk, name = "backwards", cursor = number, order = ascending)]
struct Backwards {
    number: i64,
}

#[airbyte_stream(crate = ::renamed_sdk, name = "broken", cursor = number, order = ascending)]
struct Broken {
    number: i64,
}

#[airbyte_stream(crate = ::renamed_sdk, name = "panicking")]
struct Panicking {
    number: i64,
}

#[airbyte_stream(crate = ::renamed_sdk, name = "careless", cursor = number, order = ascending)]
struct Careless {
    number: i64,
}

#[airbyte_stream(crate = ::renamed_sdk, name = "threaded")]
struct Threaded {
    number: i64,
}

#[airbyte_stream(crate = ::renamed_sdk, name = "overlooked")]
struct Overlooked {
    number: i64,
}

#[airbyte_stream(crate = ::renamed_sdk, name = "silent", primary_key(id), cursor = number, order = ascending)]
struct Silent {
    id: u64,
    number: i64,
}

#[airbyte_source(crate = ::renamed_sdk, concurrency = 1)]
impl Config {
    /// Numbers that never decrease; with ties, several records have the same number.
    fn numbers(&self, since: Option<i64>, out: &mut Emitter<Number>) -> Result<()> {
        let all =
            (0..u64::from(self.count)).map(|id| Number { id, number: (id / u64::from(self.ties)) as i64 });
        out.try_extend(all.filter(|record| since.is_none_or(|since| record.number >= since)).map(Ok))
    }

    /// The same numbers out of order, and one record with a null cursor.
    fn jumbled(&self, since: Option<i64>) -> Result<impl Iterator<Item = Result<Jumbled>>> {
        let shuffled =
            (0..u64::from(self.count)).map(|id| Jumbled { id, number: Some(((id * 7) % 5) as i64) });
        let null = std::iter::once(Jumbled { id: u64::MAX, number: None });
        Ok(shuffled
            .chain(null)
            .filter(move |record| since.is_none_or(|since| record.number >= Some(since)))
            .map(Ok))
    }

    fn texts(&self, out: &mut Emitter<Text>) -> Result<()> {
        out.estimate(self.words.len() as u64)?;
        let _ = Unused { notes: Vec::new() }.notes;
        self.words
            .iter()
            .try_for_each(|text| out.emit(Text { text: text.clone(), note: Note { at: self.since } }))
    }

    /// Counts to `count`, then decreases once.
    fn backwards(&self, _since: Option<i64>, out: &mut Emitter<Backwards>) -> Result<()> {
        let count = i64::from(self.count);
        (0..count).chain([count - 2, count]).try_for_each(|number| out.emit(Backwards { number }))
    }

    /// Emits numbers from a thread that panics.
    #[expect(clippy::panic, reason = "the stream panics")]
    fn threaded(&self, out: &mut Emitter<Threaded>) -> Result<()> {
        let (sender, receiver) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            for number in 0..9 {
                if number == 5 || sender.send(number).is_err() {
                    panic!("no more numbers");
                }
            }
        });
        receiver.into_iter().try_for_each(|number| out.emit(Threaded { number }))
    }

    /// Emits `count` records, then sleeps longer than any test waits.
    fn silent(&self, _since: Option<i64>, out: &mut Emitter<Silent>) -> Result<()> {
        (0..u64::from(self.count)).try_for_each(|id| out.emit(Silent { id, number: id as i64 * 10 }))?;
        std::thread::sleep(std::time::Duration::from_secs(600));
        Ok(())
    }

    /// Emits records in ascending order; with `words = ["wait"]`, the stream does not end.
    fn measurements(&self, since: Option<i64>, out: &mut Emitter<Measurement>) -> Result<()> {
        // Records with a null cursor are emitted only by the first read.
        let new = |record: &Measurement| since.is_none_or(|since| record.about.seen_at >= Some(since));
        measurements::measurements(self.count).filter(new).try_for_each(|record| out.emit(record))?;
        if self.words == ["wait"] {
            std::thread::sleep(std::time::Duration::from_secs(600));
        }
        Ok(())
    }

    fn timed(&self, _since: Option<i64>, out: &mut Emitter<Timed>) -> Result<()> {
        [Some(1), None, Some(2)].into_iter().try_for_each(|at| out.emit(Timed { at }))
    }

    /// Emits a NaN second, or first if `count` is 0.
    fn counted(&self, out: &mut Emitter<Counted>) -> Result<()> {
        let skipped = usize::from(self.count == 0);
        [1.5, f64::NAN, 2.5].into_iter().skip(skipped).try_for_each(|value| out.emit(Counted { value }))
    }

    fn shelves(&self, _http: &Http) -> Result<Vec<Shelf>> {
        Ok(self.shelves.iter().cloned().map(Shelf).collect())
    }

    #[partitions(shelves)]
    fn books(&self, shelf: &Shelf, since: Option<i64>, out: &mut Emitter<Book>) -> Result<()> {
        shelf.books(self.count, since).try_for_each(|book| out.emit(book))?;
        shelf.end()
    }

    #[partitions(shelves)]
    fn boxes(&self, shelf: &Shelf) -> Result<impl Iterator<Item = Result<Box>>> {
        shelf.end().map(|()| shelf.boxes(self.count).map(Ok))
    }

    /// Ignores the error of an iterator.
    fn overlooked(&self, out: &mut Emitter<Overlooked>) -> Result<()> {
        let _ = out
            .try_extend([Ok(Overlooked { number: 1 }), Err(Error::transient("the second page is missing"))]);
        Ok(())
    }

    /// Emits `count` records, then fails.
    fn broken(&self, _since: Option<i64>, out: &mut Emitter<Broken>) -> Result<()> {
        (0..i64::from(self.count)).try_for_each(|number| out.emit(Broken { number }))?;
        let echoed = self.token.as_ref().map_or("nothing", |token| token.expose());
        Err(Error::transient(format!("the API said {echoed}")).with_internal(format!("url?key={echoed}")))
    }

    #[expect(clippy::panic, reason = "the stream panics")]
    fn panicking(&self, out: &mut Emitter<Panicking>) -> Result<()> {
        out.emit(Panicking { number: 1 })?;
        let echoed = self.token.as_ref().map_or("nothing", |token| token.expose());
        panic!("out of luck with {echoed}")
    }

    /// Ignores the errors of `emit`.
    fn careless(&self, _since: Option<i64>, out: &mut Emitter<Careless>) -> Result<()> {
        for number in [1, 3, 2, 4, 5] {
            let _ = out.emit(Careless { number });
        }
        Ok(())
    }

    #[expect(clippy::panic, reason = "the result `panic` panics")]
    fn check(&self, _http: &Http) -> Result<()> {
        if let Some(token) = &self.token {
            log::warn!("the token is {}, and as debug {token:?}", token.expose());
        }
        match self.check.as_str() {
            "config" => Err(Error::config("change something")),
            "token" => Err(Error::config(self.token.as_ref().map_or("", |token| token.expose()))),
            "transient" => Err(Error::transient("try later")),
            "system" => Err("x".parse::<i64>().err().map_or_else(|| Error::system("no error"), Error::from)),
            "panic" => panic!("no check today"),
            _ => {
                log::info!("{} and {}", self.ratio, self.count);
                Ok(())
            }
        }
    }
}
