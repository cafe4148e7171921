//! Tests of streams whose windows are read at the same time, in one process.

use super::Source;
use crate::commands::{self, Outcome};
use crate::error::{Error, Result};
use crate::input::States;
use crate::output::{Lines, Memory};
use crate::read_context::RecordIntervals;
use crate::run_context::RunContext;
use crate::stream::Stream;
use crate::windows::{EpochUnit, Steps, Window};
use crate::{AirbyteSpec, Emitter, airbyte_stream};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use serde_json::{Value, json};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::time::Duration;

#[derive(AirbyteSpec)]
struct Config {}

#[airbyte_stream(name = "days", primary_key(at), cursor = at)]
struct Day {
    at: Date,
}

#[airbyte_stream(name = "ascending", cursor = at, order = ascending)]
struct Ascending {
    at: Date,
}

#[airbyte_stream(name = "times", cursor = at)]
struct Time {
    at: Timestamp,
}

#[airbyte_stream(name = "numbers", cursor = at)]
struct Number {
    at: i64,
}

#[airbyte_stream(name = "reports", cursor = at)]
struct Report {
    at: Date,
}

/// The first of five days.
const FIRST: Date = Date::constant(1970, 1, 1);

fn day(number: i8) -> Date {
    Date::constant(1970, 1, number)
}

/// Lists five windows of a day each.
fn daily(_: &Config, since: Option<Date>, out: &mut Emitter<Day>) -> Result<Steps<Date>> {
    out.windows(since, FIRST).until(day(6)).steps(1.day())
}

fn source() -> Source<Config> {
    Source::<Config>::new("windowed", "0").concurrency(|_| 1)
}

/// What a read has sent.
struct Read {
    succeeded: bool,
    messages: Vec<Value>,
}

impl Read {
    fn of(source: &Source<Config>, stream: &str, mode: &str, given: Option<Value>) -> Self {
        let memory = Memory::default();
        let run = RunContext::to(Lines::new(Box::new(memory.clone())));
        let described = source.catalog().unwrap().into_iter().find(|described| described.name == stream);
        let catalog =
            json!({"streams": [{"stream": described, "sync_mode": mode, "destination_sync_mode": "append"}]});
        let state = given.map(|state| json!({"type": "STREAM", "stream": {"stream_descriptor": {"name": stream}, "stream_state": state}}));
        let states = Value::from_iter(state);
        let states = States::read(states.to_string().as_bytes(), "the state", []).unwrap();
        let catalog = serde_json::from_value(catalog).unwrap();
        let outcome = commands::read(source, &Config {}, catalog, states, &run).ok().unwrap();
        run.output.flush().unwrap();
        Self { succeeded: matches!(outcome, Outcome::Success), messages: memory.take_messages() }
    }

    /// Reads the stream incrementally from the beginning.
    fn incremental(source: &Source<Config>, stream: &str) -> Self {
        Self::of(source, stream, "incremental", None)
    }

    fn states(&self) -> Vec<&Value> {
        let states = self.messages.iter().map(|message| &message["state"]["stream"]["stream_state"]);
        states.filter(|state| state.is_object()).collect()
    }

    fn last_state(&self) -> Value {
        self.states().last().map(|state| (*state).clone()).unwrap_or_default()
    }

    fn records(&self) -> Vec<Value> {
        let records = self.messages.iter().map(|message| &message["record"]["data"]["at"]);
        let mut records: Vec<Value> = records.filter(|at| !at.is_null()).cloned().collect();
        records.sort_by_key(Value::to_string);
        records
    }

    fn error(&self) -> String {
        let errors = self.messages.iter().map(|message| &message["trace"]["error"]["message"]);
        errors.filter_map(Value::as_str).collect::<Vec<_>>().join("; ")
    }
}

fn emit(window: &Window<Date>, out: &mut Emitter<Day>) -> Result<()> {
    out.emit(Day { at: window.start() })
}

/// The second window ends after the third, and fails.
#[test]
fn position_does_not_pass_a_window_that_fails_after_later_ones_ended() {
    let (fourth_begins, fourth_began) = channel();
    let fourth_began = Mutex::new(fourth_began);
    let source = source().concurrency(|_| 2).incremental_windows(daily, move |_, window, out| {
        if window.start() == day(2) {
            // The thread that read the third one reads the fourth.
            fourth_began.lock().unwrap().recv().unwrap();
            return Err(Error::transient("out of order"));
        }
        if window.start() == day(4) {
            fourth_begins.send(()).unwrap();
        }
        emit(window, out)
    });
    let read = Read::incremental(&source, "days");
    assert_eq!((read.succeeded, read.last_state()), (false, json!({"at": "1970-01-02"})));
    assert_eq!(read.error(), "1970-01-02..1970-01-03: out of order");
    assert!(read.records().contains(&json!("1970-01-03")));
}

/// As in a loop.
#[test]
fn no_window_begins_after_one_has_failed() {
    let begun = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&begun);
    let source = source().incremental_windows(daily, move |_, window, out| {
        seen.lock().unwrap().push(window.start());
        if window.start() == day(2) { Err(Error::system("cut off")) } else { emit(window, out) }
    });
    let read = Read::incremental(&source, "days");
    assert_eq!((read.succeeded, read.last_state()), (false, json!({"at": "1970-01-02"})));
    assert_eq!(*begun.lock().unwrap(), [day(1), day(2)]);
}

#[test]
fn position_does_not_pass_a_window_that_ended_with_a_hold() {
    for concurrency in [1, 3] {
        let source =
            source().concurrency(move |_| concurrency).incremental_windows(daily, |_, window, out| {
                if window.start() == day(2) {
                    out.hold();
                }
                emit(window, out)
            });
        let read = Read::incremental(&source, "days");
        assert_eq!((read.succeeded, read.records().len()), (true, 5));
        assert_eq!(read.last_state(), json!({"at": "1970-01-02"}));
    }
}

#[test]
fn settling_time_counts_wherever_it_is_set() {
    let start = Date::constant(2024, 1, 1);
    let read = |in_list: bool, in_fetch: bool| {
        let source = source().incremental_windows(
            move |_, since, out: &mut Emitter<Time>| {
                if in_list {
                    out.settling_time(Duration::MAX);
                }
                out.windows(since, start).steps(5.years())
            },
            move |_, _, out| {
                if in_fetch {
                    out.settling_time(Duration::MAX);
                }
                Ok(())
            },
        );
        Read::incremental(&source, "times").last_state()["at"].as_str().unwrap().parse::<Timestamp>().unwrap()
    };
    assert_eq!((read(true, false), read(false, true)), (Timestamp::MIN, Timestamp::MIN));
    let position = read(false, false);
    assert!(position > "2024-01-01T00:00:00Z".parse().unwrap());
    assert!(position <= Timestamp::now() - Duration::from_secs(600));
}

#[test]
fn numbers_are_limited_as_times_if_the_windows_are_of_an_epoch() {
    let end = Date::constant(2100, 1, 1);
    let source = source().incremental_windows(
        move |_, since, out: &mut Emitter<Number>| {
            out.epoch_windows(EpochUnit::Second, since, FIRST).until(end).steps(10.years())
        },
        |_, window, out| out.emit(Number { at: window.start() }),
    );
    let position = Read::incremental(&source, "numbers").last_state()["at"].as_i64().unwrap();
    assert!(position <= Timestamp::now().as_second() - 600, "{position}");
    assert!(position > 1_700_000_000, "{position}");
}

#[test]
fn check_reads_the_newest_window_only() {
    let begun = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&begun);
    let source = source().incremental_windows(daily, move |_, window, _| {
        seen.lock().unwrap().push(window.start());
        Ok(())
    });
    let run = RunContext::to(Lines::new(Box::new(std::io::sink())));
    commands::check(&source, Ok(Config {}), &run).unwrap();
    assert_eq!(*begun.lock().unwrap(), [day(5)]);
}

#[test]
fn list_of_windows_may_neither_emit_records_nor_set_checkpoints() {
    type List = fn(&mut Emitter<Day>);
    let cases: [(List, &str); 2] = [
        (|out| drop(out.emit(Day { at: day(3) })), "A record was emitted by the function that lists"),
        (|out| drop(out.checkpoint(day(3))), "A checkpoint was set by the function that lists"),
    ];
    for (mistake, expected) in cases {
        let list = move |config: &Config, since: Option<Date>, out: &mut Emitter<Day>| {
            mistake(out);
            daily(config, since, out)
        };
        let source = source().incremental_windows(list, |_, window, out| emit(window, out));
        let read = Read::incremental(&source, "days");
        assert!(!read.succeeded && read.error().starts_with(expected), "{}", read.error());
        assert_eq!((read.records(), read.last_state()), (vec![], Value::Null));
        let run = RunContext::to(Lines::new(Box::new(std::io::sink())));
        assert!(commands::check(&source, Ok(Config {}), &run).is_err());
    }
}

#[test]
fn full_refresh_begins_at_the_start_unless_it_is_resumed() {
    let source = source().incremental_windows(daily, |_, window, out| emit(window, out));
    let read = |state| Read::of(&source, "days", "full_refresh", state);
    assert_eq!(read(None).records().len(), 5);
    let resumed = read(Some(json!({"at": "1970-01-04"})));
    assert_eq!(resumed.records(), [json!("1970-01-04"), json!("1970-01-05")]);
    assert_eq!(resumed.last_state(), json!({"at": "1970-01-06"}));
}

/// A loop without windows leaves the position where it was, too.
#[test]
fn read_without_windows_ends_with_the_position_it_began_with() {
    let source = source().incremental_windows(daily, |_, window, out| emit(window, out));
    let given = json!({"at": "1970-01-20T00:00:00Z"});
    let read = Read::of(&source, "days", "incremental", Some(given));
    assert_eq!((read.succeeded, read.last_state()), (true, json!({"at": "1970-01-20"})));
    let invalid = Read::of(&source, "days", "incremental", Some(json!({"at": true})));
    assert_eq!((invalid.succeeded, invalid.last_state()), (false, Value::Null));
}

/// Otherwise the position would go back to the start.
#[test]
fn decreasing_cursor_in_a_window_leaves_the_position_before_it() {
    let list = |_: &Config, since: Option<Date>, out: &mut Emitter<Ascending>| {
        out.windows(since, FIRST).until(day(6)).steps(1.day())
    };
    let source = source().incremental_windows(list, |_, window, out| {
        out.emit(Ascending { at: window.start() })?;
        out.emit(Ascending { at: if window.start() == day(3) { day(1) } else { window.start() } })
    });
    let read = Read::incremental(&source, "ascending");
    assert!(read.error().contains("its cursor decreased"), "{}", read.error());
    assert_eq!(read.last_state(), json!({"at": "1970-01-03"}));
}

/// The order of its records says nothing about the other windows.
#[test]
fn ascending_stream_sends_no_state_before_its_first_window_has_ended() {
    let list = |_: &Config, since: Option<Date>, out: &mut Emitter<Ascending>| {
        out.windows(since, FIRST).until(day(6)).steps(1.day())
    };
    let source = source().stop_when_exhausted().incremental_windows(list, |_, window, out| {
        out.emit(Ascending { at: window.start() })?;
        Err(Error::exhausted("no more today"))
    });
    let read = Read::of(&source, "ascending", "incremental", Some(json!({"at": "1970-01-03"})));
    assert_eq!((read.succeeded, read.records().len(), read.states().len()), (false, 1, 0));
}

/// A long window must not delay the state of those before it.
#[test]
fn state_of_earlier_windows_is_sent_while_a_window_is_read() {
    let mut source = source().incremental_windows(daily, |_, window, out: &mut Emitter<Day>| {
        let count = if window.start() == day(2) { 9 } else { 1 };
        (0..count).try_for_each(|_| emit(window, out))
    });
    source.intervals = RecordIntervals { records_per_clock: 1, records_per_state: 5 };
    let read = Read::incremental(&source, "days");
    let first = read.messages.iter().position(|message| message["type"] == "STATE").unwrap();
    assert_eq!(read.messages[first]["state"]["stream"]["stream_state"], json!({"at": "1970-01-02"}));
    let of_second = |message: &&Value| message["record"]["data"]["at"] == "1970-01-02";
    assert_eq!(read.messages[first..].iter().filter(of_second).count(), 5);
}

/// Windows that share a small budget might never be completed.
#[test]
fn every_read_completes_a_window_that_the_budget_allows() {
    let mut state = None;
    for number in 2..7 {
        let left = Mutex::new(2);
        let mut source = source().concurrency(|_| 4).stop_when_exhausted().incremental_windows(
            daily,
            move |_, window, out| {
                for _ in 0..2 {
                    let mut left = left.lock().unwrap();
                    *left -= 1;
                    if *left < 0 {
                        return Err(Error::exhausted("no more today"));
                    }
                    drop(left);
                    emit(window, out)?;
                }
                Ok(())
            },
        );
        source.intervals = RecordIntervals { records_per_clock: 1, records_per_state: 1 };
        let read = Read::of(&source, "days", "incremental", state);
        assert!(read.succeeded, "{:?}", read.messages);
        assert_eq!(read.last_state(), json!({"at": day(number)}));
        state = Some(read.last_state());
    }
}

#[test]
fn records_of_all_windows_are_parents() {
    for concurrency in [1, 4] {
        let source = source()
            .concurrency(move |_| concurrency)
            .incremental_windows(daily, |_, window, out| emit(window, out))
            .full_refresh_children::<Day, Report>(|_, day, out| out.emit(Report { at: day.at }));
        let read = Read::of(&source, Report::NAME, "full_refresh", None);
        assert!(read.succeeded, "{}", read.error());
        assert_eq!(read.records(), [1, 2, 3, 4, 5].map(|number| json!(day(number))));
    }
}

#[test]
fn children_of_changed_parents_resume_where_the_windows_were_read_to() {
    let source =
        source()
            .concurrency(|_| 2)
            .incremental_windows(daily, |_, window, out| emit(window, out))
            .incremental_children_of_changed::<Day, Report>(|_, day, _, out| out.emit(Report { at: day.at }));
    let first = Read::incremental(&source, Report::NAME);
    assert_eq!(first.records().len(), 5, "{}", first.error());
    let mut state = first.last_state();
    assert_eq!(state["parent"]["days"], json!({"at": "1970-01-06"}), "{state}");
    state["parent"]["days"]["at"] = json!("1970-01-05");
    assert_eq!(Read::of(&source, Report::NAME, "incremental", Some(state)).records(), [json!("1970-01-05")]);
    let states = ["1970-01-04", "1970-01-02", "1970-01-03"].map(|at| json!({"at": at}).as_object().cloned());
    let earliest = source.streams[0].earliest(states.into_iter().flatten().collect());
    assert_eq!(json!(earliest), json!({"at": "1970-01-02"}));
}

/// The first windows end before the position.
#[test]
fn every_read_moves_the_position_although_it_looks_back() {
    let mut state = json!({"at": day(10)});
    for number in 11..14 {
        let left = Mutex::new(48_u32);
        let list = |_: &Config, since, out: &mut Emitter<Day>| {
            out.windows(since, FIRST).lookback(3.days()).until(day(20)).steps(1.day())
        };
        let fetch = move |_: &Config, window: &Window<Date>, out: &mut Emitter<Day>| {
            for _ in 0..10 {
                let mut left = left.lock().unwrap();
                *left = left.checked_sub(1).ok_or_else(|| Error::exhausted("no more today"))?;
                drop(left);
                // Lets others share the budget. The result does not depend on this time.
                std::thread::sleep(Duration::from_millis(1));
            }
            emit(window, out)
        };
        let source = source().concurrency(|_| 4).stop_when_exhausted().incremental_windows(list, fetch);
        state = Read::of(&source, "days", "incremental", Some(state)).last_state();
        assert_eq!(state, json!({"at": day(number)}));
    }
}
