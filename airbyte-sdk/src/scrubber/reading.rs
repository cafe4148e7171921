//! Text, and the possible readings of each position.
//!
//! Escapes may be made of escapes: in `%2541`, `%25` stands for `%`, which begins `%41`. So readings are computed from
//! the end of the text to its start: the readings of the characters inside an escape are already known.

use super::escapes;
use std::ops::Range;

/// One character, and the bytes of the original text that it was read from.
#[derive(Clone)]
pub(super) struct Unit {
    pub(super) c: char,
    pub(super) from: usize,
    pub(super) to: usize,
}

/// One possible reading of a position.
#[derive(Clone, Copy, PartialEq)]
pub(super) struct Reading {
    pub(super) c: char,
    /// The position at which the text continues.
    pub(super) to: usize,
    /// Whether it treats `=` as an escape, as in quoted-printable. In most texts `=` is not an escape.
    pub(super) soft: bool,
    /// Whether it skips a line break, which wrapped text may have in the middle of a secret.
    pub(super) wrapped: bool,
}

/// Returns whether a position with this character may have several readings.
fn begins(c: char) -> bool {
    escapes::may_begin(c) || is_break(c)
}

/// Line breaks, and invisible characters that allow or prevent a line break.
pub(super) fn is_break(c: char) -> bool {
    matches!(
        c,
        '\n' | '\r' | '\u{85}' | '\u{ad}' | '\u{200b}'
            ..='\u{200d}' | '\u{2028}' | '\u{2029}' | '\u{2060}' | '\u{feff}'
    )
}

/// The maximum number of readings of one position: of those that may begin another escape, and of the others. (A quote
/// that was escaped four times has 15 backslashes before it.)
const MAX_READINGS: usize = 16;

pub(super) struct Text {
    pub(super) units: Vec<Unit>,
    /// For each position, the index of its other readings plus one; zero if there are none.
    places: Vec<u32>,
    readings: Vec<Vec<Reading>>,
}

impl Text {
    /// Returns the original text.
    pub(super) fn of(text: &str) -> Self {
        let units = text.char_indices().map(|(from, c)| Unit { c, from, to: from + c.len_utf8() });
        Self::new(units.collect())
    }

    pub(super) fn new(units: Vec<Unit>) -> Self {
        Self::read(units, begins)
    }

    /// Reads the escapes that begin with the characters for which `begins` is true.
    fn read(units: Vec<Unit>, begins: fn(char) -> bool) -> Self {
        let mut text = Self { units, places: Vec::new(), readings: Vec::new() };
        text.read_escapes(begins);
        text
    }

    /// Computes the readings of all positions, from the end of the text to its start.
    fn read_escapes(&mut self, begins: fn(char) -> bool) {
        for at in (0..self.units.len()).rev() {
            let raw = self.raw(at);
            if !raw.is_some_and(|raw| begins(raw.c)) {
                continue;
            }
            let mut all: Vec<Reading> = raw.into_iter().collect();
            let (mut next, mut leads) = (0, 1);
            // A reading may begin another escape, such as the `%` of `%2541`.
            while let Some(lead) = all.get(next).copied() {
                let mut found = |reading: Reading| {
                    let is_lead = begins(reading.c);
                    let others = all.len() - leads;
                    if (if is_lead { leads } else { others }) < MAX_READINGS && !all.contains(&reading) {
                        leads += usize::from(is_lead);
                        all.push(reading);
                    }
                };
                if is_break(lead.c) {
                    self.read_wrapped(lead, &mut found);
                } else if begins(lead.c) {
                    escapes::read(self, lead, &mut found);
                }
                next += 1;
            }
            if all.len() > 1 {
                all.remove(0);
                self.readings.push(all);
                self.places.resize(self.units.len(), 0);
                self.places[at] = u32::try_from(self.readings.len()).unwrap_or(0);
            }
        }
    }

    /// The readings that skip a line break, and the indentation after it.
    fn read_wrapped(&self, line_break: Reading, found: &mut impl FnMut(Reading)) {
        let blanks = self.units.get(line_break.to..).unwrap_or_default().iter();
        let indentation = blanks.take_while(|unit| matches!(unit.c, ' ' | '\t')).count();
        for reading in self.at(line_break.to).chain(self.at(line_break.to + indentation)) {
            found(Reading { soft: line_break.soft || reading.soft, wrapped: true, ..reading });
        }
    }

    fn raw(&self, at: usize) -> Option<Reading> {
        self.units.get(at).map(|unit| Reading { c: unit.c, to: at + 1, soft: false, wrapped: false })
    }

    /// Returns the characters that an escape at this position may stand for.
    pub(super) fn escaped(&self, at: usize) -> &[Reading] {
        match self.places.get(at) {
            None | Some(0) => &[],
            Some(place) => self.readings.get(*place as usize - 1).map_or(&[], Vec::as_slice),
        }
    }

    /// Returns all readings of a position, the character itself first.
    pub(super) fn at(&self, at: usize) -> impl Iterator<Item = Reading> {
        self.raw(at).into_iter().chain(self.escaped(at).iter().copied())
    }

    pub(super) fn has_escapes(&self) -> bool {
        !self.readings.is_empty()
    }

    pub(super) fn has_soft_escapes(&self) -> bool {
        self.readings.iter().flatten().any(|reading| reading.soft)
    }

    /// Returns the bytes of the original text at these positions.
    pub(super) fn original(&self, positions: Range<usize>) -> Range<usize> {
        let units = self.units.get(positions).unwrap_or_default();
        units.first().map_or(0, |unit| unit.from)..units.last().map_or(0, |unit| unit.to)
    }

    /// Returns the text after decoding one layer of escapes from left to right; `None` if there are none. Does not decode `+` and
    /// doubled quotes, which are ambiguous.
    pub(super) fn unescaped(&self, with_soft: bool) -> Option<Vec<Unit>> {
        let mut unescaped = Vec::with_capacity(self.units.len());
        let mut at = 0;
        while let Some(raw) = self.raw(at) {
            let mut longest = raw;
            if matches!(raw.c, '%' | '\\' | '&' | '=') {
                escapes::read(self, raw, &mut |reading| {
                    if reading.to > longest.to && (with_soft || !reading.soft) {
                        longest = reading;
                    }
                });
            }
            let Range { start, end } = self.original(at..longest.to);
            unescaped.push(Unit { c: longest.c, from: start, to: end });
            at = longest.to;
        }
        (unescaped.len() < self.units.len()).then_some(unescaped)
    }
}

/// Returns the text after decoding one layer of escapes, two layers, and so on.
pub(super) fn layers(text: &Text, with_soft: bool) -> impl Iterator<Item = Text> {
    let flat = |units: Vec<Unit>| Text::read(units, is_break);
    let first = flat(text.units.clone()).unescaped(with_soft).map(flat);
    std::iter::successors(first, move |layer| layer.unescaped(with_soft).map(flat)).take(MAX_LAYERS)
}

const MAX_LAYERS: usize = 8;
