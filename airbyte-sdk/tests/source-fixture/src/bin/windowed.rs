//! A source that reads its API in windows of two days, in streams without an order.

use renamed_sdk::jiff::ToSpan;
use renamed_sdk::windows::{Steps, Window};
use renamed_sdk::{
    AirbyteSpec, Date, Deserialize, Emitter, Error, Http, Result, Timestamp, airbyte_source, airbyte_stream,
};

#[derive(AirbyteSpec)]
#[airbyte(crate = ::renamed_sdk)]
struct Config {
    url: String,
    start_date: Date,
    /// The last day to read
    end_date: Date,
    /// How many days each sync reads again
    #[airbyte(default = 0)]
    lookback: u32,
    #[airbyte(default = 2)]
    days_per_window: i32,
    /// Whether a checkpoint follows a window that failed
    #[airbyte(default = false)]
    ignores_errors: bool,
    /// The day of a row that the connector rejects
    rejected_day: Option<Date>,
}

#[airbyte_stream(crate = ::renamed_sdk, name = "events", cursor = time)]
struct Event {
    time: Timestamp,
}

#[airbyte_stream(crate = ::renamed_sdk, name = "sales", cursor = day)]
struct Sale {
    shop: String,
    day: Date,
}

/// Read in windows at the same time.
#[airbyte_stream(crate = ::renamed_sdk, name = "visits", cursor = time)]
struct Visit {
    time: Timestamp,
}

/// A full refresh in partitions.
#[airbyte_stream(crate = ::renamed_sdk, name = "stock", cursor = day)]
struct Stock {
    shop: String,
    day: Date,
}

#[derive(Deserialize)]
#[airbyte(crate = ::renamed_sdk)]
struct Moment {
    time: Timestamp,
}

#[derive(Deserialize)]
#[airbyte(crate = ::renamed_sdk)]
struct Element {
    day: Date,
}

#[derive(Deserialize)]
#[airbyte(crate = ::renamed_sdk)]
struct Page {
    rows: Vec<Element>,
}

#[airbyte_source(crate = ::renamed_sdk)]
impl Config {
    fn events(&self, since: Option<Timestamp>, out: &mut Emitter<Event>) -> Result<()> {
        let windows = out
            .windows(since, self.start_date)
            .through(self.end_date)
            .lookback(i64::from(self.lookback).days());
        for window in windows.steps(self.days_per_window.days())? {
            let request = out.http().base_url(&self.url).get("/events");
            let request = request.query("from", window.start()).query("before", window.end());
            let result =
                request.elements::<Moment>("rows").try_for_each(|row| out.emit(Event { time: row?.time }));
            if !self.ignores_errors {
                result?;
            }
            out.checkpoint(window.end())?;
        }
        Ok(())
    }

    #[windows(windows_of_visits)]
    fn visits(&self, window: &Window<Timestamp>, out: &mut Emitter<Visit>) -> Result<()> {
        let request = out.http().base_url(&self.url).get("/events");
        let request = request.query("from", window.start()).query("before", window.end());
        request.elements::<Moment>("rows").try_for_each(|row| out.emit(Visit { time: row?.time }))
    }

    fn windows_of_visits(
        &self,
        since: Option<Timestamp>,
        out: &mut Emitter<Visit>,
    ) -> Result<Steps<Timestamp>> {
        out.windows(since, self.start_date).through(self.end_date).steps(self.days_per_window.days())
    }

    fn shops(&self, http: &Http) -> Result<Vec<String>> {
        http.base_url(&self.url).get("/shops").json()
    }

    #[partitions(shops)]
    fn sales(&self, shop: &str, since: Option<Date>, out: &mut Emitter<Sale>) -> Result<()> {
        let windows = out.windows(since, self.start_date).through(self.end_date);
        for window in windows.steps(self.days_per_window.days())? {
            let request = out.http().base_url(&self.url).get(format!("/shops/{shop}"));
            let page: Page = request.query("from", window.start()).query("to", window.last()).json()?;
            for Element { day } in page.rows {
                self.verify(day)?;
                out.emit(Sale { shop: shop.to_owned(), day })?;
            }
            out.checkpoint(window.end())?;
        }
        Ok(())
    }

    #[partitions(shops)]
    fn stock(&self, shop: &str, out: &mut Emitter<Stock>) -> Result<()> {
        let page: Page = out.http().base_url(&self.url).get(format!("/shops/{shop}")).json()?;
        for Element { day } in page.rows {
            self.verify(day)?;
            out.emit(Stock { shop: shop.to_owned(), day })?;
            out.checkpoint(day)?;
        }
        Ok(())
    }
}

impl Config {
    /// Fails without a failed request.
    fn verify(&self, day: Date) -> Result<()> {
        if self.rejected_day == Some(day) { Err(Error::transient("a rejected day")) } else { Ok(()) }
    }
}
