//! The law of resuming, for generated streams: wherever a run is cut, what came before the cut and what a run from the last
//! state before it brings are together every record, and the state at the end is that of a run that was not cut.

use super::Emitter;
use crate::airbyte_stream;
use crate::error::Result;
use crate::http::Http;
use crate::output::{Lines, Output};
use crate::protocol::StreamDescriptor;
use crate::stream::Stream;
use proptest::prelude::*;
use serde_json::Value;
use std::collections::BTreeSet;
use std::io::{self, Write};
use std::sync::{Arc, Mutex};

#[airbyte_stream(name = "ascending", cursor = at, order = ascending)]
struct Ascending {
    id: usize,
    at: i64,
}

#[airbyte_stream(name = "sparse", cursor = at, order = ascending)]
struct AscendingWithNulls {
    id: usize,
    at: Option<i64>,
}

#[airbyte_stream(name = "texts", cursor = at, order = ascending)]
struct AscendingTexts {
    id: usize,
    at: String,
}

#[airbyte_stream(name = "unordered", cursor = at)]
struct Unordered {
    id: usize,
    at: Option<i64>,
}

#[airbyte_stream(name = "everything")]
struct Everything {
    id: usize,
}

/// A service: its records in the order in which it sends them.
type Service<T> = dyn Fn() -> Vec<T>;

#[derive(Clone, Default)]
struct Memory(Arc<Mutex<Vec<u8>>>);

impl Write for Memory {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().map_or(Err(io::ErrorKind::Other.into()), |mut memory| memory.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Reads a stream from a position; a state is due after every `pace` records.
fn read<T: Stream>(service: &Service<T>, since: Option<T::Cursor>, pace: u64) -> Result<Vec<Value>> {
    let memory = Memory::default();
    let output = Output::to(Lines::new(Box::new(memory.clone())));
    let (http, stream) = (Http::new("test", "0", None), StreamDescriptor::new(T::NAME));
    let mut out = Emitter::<T>::new(Some(Arc::clone(&output)), http, stream, None, since.clone());
    (out.records_per_clock, out.records_per_state) = (1, pace);
    // As a service does that is asked for everything from a position on: what has none is sent again.
    let asked =
        |record: &T| since.as_ref().is_none_or(|since| record.cursor().is_none_or(|cursor| cursor >= since));
    let fetched = service().into_iter().filter(asked).try_for_each(|record| out.emit(record));
    out.finish(fetched).1?;
    output.flush()?;
    let bytes = memory.0.lock().unwrap().clone();
    String::from_utf8(bytes)?.lines().map(|line| Ok(serde_json::from_str(line)?)).collect()
}

fn ids(messages: &[Value]) -> BTreeSet<u64> {
    messages.iter().filter_map(|message| message["record"]["data"]["id"].as_u64()).collect()
}

fn last_state(messages: &[Value]) -> Option<&Value> {
    messages
        .iter()
        .rev()
        .map(|message| &message["state"]["stream"]["stream_state"])
        .find(|state| state.is_object())
}

fn counted(messages: &[Value]) -> f64 {
    messages.iter().filter_map(|message| message["state"]["sourceStats"]["recordCount"].as_f64()).sum()
}

fn holds<T: Stream>(service: &Service<T>, pace: u64) -> Result<()> {
    let whole = read(service, None, pace)?;
    let everything = ids(&whole);
    assert_eq!(everything.len(), service().len());
    assert_eq!(counted(&whole) as usize, everything.len());
    for cut in 0..=whole.len() {
        let before = &whole[..cut];
        let since = match (T::CURSOR_FIELD, last_state(before)) {
            (Some(field), Some(state)) => {
                state.get(field).cloned().map(serde_json::from_value).transpose()?
            }
            _ => None,
        };
        let after = read(service, since, pace)?;
        let mut seen = ids(before);
        seen.extend(ids(&after));
        assert_eq!(seen, everything, "cut after {cut} of {} messages", whole.len());
        assert_eq!(last_state(&after), last_state(&whole), "cut after {cut} of {} messages", whole.len());
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn for_every_kind_of_stream(
        // Small steps, so that there are ties.
        steps in prop::collection::vec((0..3_i64, any::<bool>()), 0..40),
        pace in 1..10_u64,
    ) {
        let positions: Vec<(usize, i64, bool)> = steps
            .iter()
            .scan(0, |at, (step, null)| { *at += step; Some((*at, *null)) })
            .enumerate()
            .map(|(id, (at, null))| (id, at, null))
            .collect();
        let all = positions.clone();
        holds::<Ascending>(&move || all.iter().map(|&(id, at, _)| Ascending { id, at }).collect(), pace).unwrap();
        let all = positions.clone();
        let sparse = move || all.iter().map(|&(id, at, null)| AscendingWithNulls { id, at: (!null).then_some(at) }).collect();
        holds::<AscendingWithNulls>(&sparse, pace).unwrap();
        let all = positions.clone();
        holds::<AscendingTexts>(&move || all.iter().map(|&(id, at, _)| AscendingTexts { id, at: format!("{at:04}") }).collect(), pace).unwrap();
        let all = positions.clone();
        let unordered = move || all.iter().rev().map(|&(id, at, null)| Unordered { id, at: (!null).then_some(at * 7 % 5) }).collect();
        holds::<Unordered>(&unordered, pace).unwrap();
        holds::<Everything>(&move || positions.iter().map(|&(id, ..)| Everything { id }).collect(), pace).unwrap();
    }
}
