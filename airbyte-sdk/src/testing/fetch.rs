//! Runs one fetch function without the rest of the connector.
#![expect(clippy::panic, reason = "this is for tests: an unexpected error fails the test")]

use crate::Emitter;
use crate::error::{Error, Result};
use crate::http::Http;
use crate::json_text::JsonText;
use crate::ledger::Ledger;
use crate::output::{Lines, Memory, Output};
use crate::protocol::{AirbyteStreamStatus, StreamDescriptor};
use crate::read_context::{ReadContext, RecordIntervals};
use crate::stream::{Stream, StreamInfo};
use jiff::Timestamp;
use serde_json::Value;
use std::sync::Arc;

/// Runs a fetch function and returns what it emitted.
///
/// ```
/// use airbyte_sdk::testing::{Server, fetch};
/// use airbyte_sdk::{Deserialize, Emitter, Result, airbyte_stream};
/// use serde_json::json;
///
/// #[airbyte_stream(name = "orders", primary_key(id), cursor = id, order = ascending)]
/// #[derive(Deserialize)]
/// struct Order {
///     id: u64,
/// }
///
/// fn orders(url: &str, since: Option<u64>, out: &mut Emitter<Order>) -> Result<()> {
///     let request = out.http().base_url(url).get("/orders").query("since", since.unwrap_or(0));
///     out.try_extend(request.elements("orders"))
/// }
///
/// let server = Server::start();
/// server.on("GET /orders?since=5").json(json!({"orders": [{"id": 5}, {"id": 6}]}));
/// let fetched = fetch(|out| orders(server.url(), Some(5), out));
/// assert_eq!(fetched.unwrap(), [json!({"id": 5}), json!({"id": 6})]);
/// ```
///
/// The client of the emitter behaves like that of [`http`](super::http). The checks of a real read apply: it is an
/// error if the cursor of an ascending stream decreases, if a cursor is null, or if the function ignores a failed
/// request.
///
/// If the result depends on the date, use [`fetch_at`].
pub fn fetch<T: Stream>(fetch: impl FnOnce(&mut Emitter<T>) -> Result<()>) -> Fetched {
    run(None, fetch)
}

/// Does the same as [`fetch()`] for a read that begins at this time: [`Emitter::windows`] end there, and no
/// [`Emitter::checkpoint`] moves the position beyond.
///
/// ```
/// use airbyte_sdk::testing::fetch_at;
/// use airbyte_sdk::{Date, Emitter, Result, airbyte_stream, jiff::ToSpan};
/// use serde_json::json;
///
/// #[airbyte_stream(name = "sales", cursor = day)]
/// struct Sale {
///     day: Date,
/// }
///
/// fn no_sales(since: Option<Date>, out: &mut Emitter<Sale>) -> Result<()> {
///     for window in out.windows(since, Date::constant(2026, 1, 1)).steps(7.days())? {
///         out.checkpoint(window.end())?;
///     }
///     Ok(())
/// }
///
/// let fetched = fetch_at("2026-03-01T15:00:00Z".parse().unwrap(), |out| no_sales(None, out));
/// assert_eq!(fetched.state, Some(json!({"day": "2026-03-01"})));
/// ```
pub fn fetch_at<T: Stream>(time: Timestamp, fetch: impl FnOnce(&mut Emitter<T>) -> Result<()>) -> Fetched {
    run(Some(time), fetch)
}

fn run<T: Stream>(time: Option<Timestamp>, fetch: impl FnOnce(&mut Emitter<T>) -> Result<()>) -> Fetched {
    let memory = Memory::default();
    let output = Output::to(Lines::new(Box::new(memory.clone())));
    // Flushes after an error too, to return the records before it.
    let result = read(&output, time, fetch);
    let result = result.and(output.flush());
    let (mut records, mut state) = (Vec::new(), None);
    for mut message in memory.take_messages() {
        match message["type"].as_str() {
            Some("RECORD") => records.push(message["record"]["data"].take()),
            Some("STATE") => state = Some(message["state"]["stream"]["stream_state"].take()),
            _ => {}
        }
    }
    Fetched { records, state, error: result.err() }
}

/// Reads the stream as a run without a state does.
fn read<T: Stream>(
    output: &Arc<Output>,
    time: Option<Timestamp>,
    fetch: impl FnOnce(&mut Emitter<T>) -> Result<()>,
) -> Result<()> {
    let info = StreamInfo::of::<T>();
    let mut descriptor = StreamDescriptor::new(T::NAME);
    descriptor.namespace = T::NAMESPACE.map(str::to_owned);
    let stream = Ledger::new(Arc::clone(output)).start(&descriptor, JsonText::empty_object())?;
    let mut out = Emitter::<T>::new(
        &info,
        &ReadContext {
            config: &(),
            http: Http::without_waits(),
            holds: stream.holds().clone(),
            stream: Some(stream.clone()),
            feed: None,
            parents: None,
            descriptor,
            columns: None,
            state: None,
            intervals: RecordIntervals::default(),
            rank: 0,
        },
        None,
    );
    if let Some(time) = time {
        out.begin_at(time);
    }
    let fetched = fetch(&mut out);
    let (_, result) = out.finish(fetched);
    let status = if result.is_ok() { AirbyteStreamStatus::Complete } else { AirbyteStreamStatus::Incomplete };
    result.and(stream.end(status))
}

/// The records, the state and the result of a fetch function. Returned by [`fetch`].
#[derive(Debug)]
#[non_exhaustive]
pub struct Fetched {
    /// The data of the records, in order, including those before an error.
    pub records: Vec<Value>,
    /// The state of the stream for the next read; `None` if the stream has no cursor or nothing was read.
    pub state: Option<Value>,
    /// The error, if the read failed.
    pub error: Option<Error>,
}

impl Fetched {
    /// Returns the records of a successful read.
    ///
    /// # Panics
    ///
    /// If the read failed.
    #[track_caller]
    pub fn unwrap(self) -> Vec<Value> {
        match self.error {
            None => self.records,
            Some(error) => {
                panic!("the fetch function failed after {} records: {error:?}", self.records.len())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Server;
    use crate::testing::server::Response;
    use crate::{Deserialize, airbyte_stream};
    use serde_json::json;

    #[airbyte_stream(name = "visits", cursor = id, order = ascending)]
    #[derive(Deserialize)]
    struct Visit {
        id: u64,
    }

    fn visits(server: &Server, out: &mut Emitter<Visit>) -> Result<()> {
        let request = out.http().get(format!("{}/visits", server.url()));
        out.try_extend(request.json_lines())
    }

    #[test]
    fn records_and_state_before_an_error_are_returned() {
        let server = Server::start();
        server.on("GET /visits").respond(Response::text("{\"id\":1}\n{\"id\":2}\n{").cut_after(19));
        let fetched = fetch(|out| visits(&server, out));
        assert_eq!(fetched.records, [json!({"id": 1}), json!({"id": 2})]);
        assert_eq!(fetched.state, Some(json!({"id": 2})));
        assert!(fetched.error.unwrap().message().contains("/visits"));
    }

    #[test]
    fn records_before_an_error_are_returned_without_a_state() {
        #[airbyte_stream(name = "cities")]
        struct City {
            id: u64,
        }

        let fetched = fetch(|out| out.emit(City { id: 1 }).and(Err(Error::system("no more"))));
        assert_eq!(fetched.records, [json!({"id": 1})]);
        assert_eq!((fetched.state, fetched.error.unwrap().message()), (None, "no more"));
    }

    #[test]
    fn retry_does_not_wait_and_ignored_failure_is_an_error() {
        let server = Server::start();
        let limited = || Response::new(429).header("Retry-After", "299");
        server.on("GET /visits").respond_in_order([limited(), Response::text("{\"id\":1}\n")]);
        server.on("GET /visits").respond(Response::new(403));
        let fetched = fetch(|out| visits(&server, out));
        assert_eq!(fetched.state, Some(json!({"id": 1})));
        assert_eq!(fetched.unwrap(), [json!({"id": 1})]);
        let fetched = fetch(|out: &mut Emitter<Visit>| {
            let _ = visits(&server, out);
            Ok(())
        });
        assert!(fetched.records.is_empty() && fetched.error.is_some(), "{fetched:?}");
        assert_eq!(server.requests().len(), 3);
    }
}
