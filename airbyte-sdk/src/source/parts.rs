//! A stream that is read part by part.

use super::any::{AnyStream, Turn, position, unreadable};
use crate::emitter::{Emitter, PARTS, Tally};
use crate::error::{Error, Result};
use crate::http::Http;
use crate::output::Output;
use crate::protocol::AirbyteStream;
use crate::run;
use crate::stream::{self, Resume, Stream};
use serde_json::{Map, Value};
use std::collections::HashSet;
use std::fmt::Display;
use std::marker::PhantomData;
use std::sync::Arc;

/// After so many parts that failed one after the other the trouble is not with the parts.
const FAILURES_IN_A_ROW: u32 = 3;

pub(super) struct InParts<T, P, L, F> {
    list: L,
    fetch: F,
    incremental: bool,
    types: PhantomData<fn() -> (T, P)>,
}

impl<T, P, L, F> InParts<T, P, L, F> {
    pub(super) fn new(list: L, fetch: F, incremental: bool) -> Self {
        Self { list, fetch, incremental, types: PhantomData }
    }
}

impl<C, T, P, L, F> AnyStream<C> for InParts<T, P, L, F>
where
    T: Stream,
    P: Display,
    L: Fn(&C, &Http) -> Result<Vec<P>>,
    F: Fn(&C, &P, Option<T::Cursor>, &mut Emitter<T>) -> Result<()>,
{
    fn describe(&self) -> AirbyteStream {
        stream::describe::<T>(if self.incremental { Resume::Cursor } else { Resume::Parts })
    }

    fn read(&self, turn: Turn<'_, C>, output: Option<Arc<Output>>) -> (Tally, Result<()>) {
        let quiet = output.is_none();
        let mut out = Emitter::<T>::new(&turn, output, None);
        let fetched = run::catch_panic(|| {
            let parts = named((self.list)(turn.config, turn.http)?)?;
            let positions = positions::<T>(turn.state.as_ref(), &parts, self.incremental)?;
            if !quiet {
                log::info!("{}: reading {} parts, {} of them begun", T::NAME, parts.len(), positions.len());
            }
            out.in_parts(positions, self.incremental);
            self.read_parts(&turn, &parts, &mut out)?;
            out.keep_parts(|name| parts.iter().any(|(listed, _)| listed == name));
            Ok(())
        });
        out.finish(fetched)
    }
}

impl<T, P, L, F> InParts<T, P, L, F>
where
    T: Stream,
{
    fn read_parts<C>(&self, turn: &Turn<'_, C>, parts: &[(String, P)], out: &mut Emitter<T>) -> Result<()>
    where
        F: Fn(&C, &P, Option<T::Cursor>, &mut Emitter<T>) -> Result<()>,
    {
        let mut first: Option<Error> = None;
        let (mut failed, mut in_a_row) = (0, 0);
        for (name, part) in parts {
            let state = out.part_state(name);
            if !self.incremental && state.is_some() {
                continue; // finished, in the read that broke off
            }
            let since = state.as_ref().map_or(Ok(None), |state| run::catch_panic(|| position::<T>(state)));
            out.begin_part(name, since.as_ref().ok().cloned().flatten());
            let fetched =
                since.and_then(|since| run::catch_panic(|| (self.fetch)(turn.config, part, since, out)));
            match out.end_part(fetched) {
                Ok(()) => in_a_row = 0,
                Err(error) if error.is_stopped() => return Err(error),
                Err(error) => {
                    failed += 1;
                    in_a_row += 1;
                    let error = error.context(name);
                    log::error!("{}: {error}", T::NAME);
                    first.get_or_insert(error);
                    if in_a_row == FAILURES_IN_A_ROW {
                        break;
                    }
                }
            }
        }
        let Some(error) = first else { return Ok(()) };
        Err(if failed == 1 { error } else { error.with_internal(format_args!("{failed} parts failed")) })
    }
}

/// Each part with its name.
fn named<P: Display>(parts: Vec<P>) -> Result<Vec<(String, P)>> {
    let mut names = HashSet::with_capacity(parts.len());
    parts
        .into_iter()
        .map(|part| {
            let name = part.to_string();
            if names.insert(name.clone()) {
                Ok((name, part))
            } else {
                Err(Error::config(format!(
                    "`{name}` is listed twice; what is read part by part is named once"
                )))
            }
        })
        .collect()
}

/// The state of each part; of those in a full refresh, only whether they are finished. That of a stream which was read in one go holds for every part.
fn positions<T: Stream>(
    state: Option<&Map<String, Value>>,
    parts: &[(String, impl Display)],
    incremental: bool,
) -> Result<Map<String, Value>> {
    let Some(state) = state else { return Ok(Map::new()) };
    match state.get(PARTS) {
        Some(Value::Object(positions)) => {
            return match positions.iter().find(|(_, state)| !state.is_object()) {
                Some((name, _)) => Err(unreadable::<T>(format_args!("`{PARTS}.{name}` is not an object"))),
                None => Ok(positions.clone()),
            };
        }
        None | Some(Value::Null) => {}
        Some(_) => return Err(unreadable::<T>(format_args!("its `{PARTS}` is not an object"))),
    }
    let Some(field) = T::CURSOR_FIELD.filter(|_| incremental) else {
        let empty = state.values().all(Value::is_null);
        return if empty {
            Ok(Map::new())
        } else {
            Err(unreadable::<T>(format_args!("it has no `{PARTS}`")))
        };
    };
    let Some(cursor) = position::<T>(state)? else { return Ok(Map::new()) };
    let everywhere = Value::Object([(field.to_owned(), serde_json::to_value(cursor)?)].into_iter().collect());
    Ok(parts.iter().map(|(name, _)| (name.clone(), everywhere.clone())).collect())
}
