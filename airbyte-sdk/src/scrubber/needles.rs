//! The needles: the folded secrets that are searched for.
//!
//! Comparing each position with each secret would take time proportional to their number. So the needles are sorted,
//! and a [`Walk`] along the text keeps the range of needles that begin like the text so far. Each further character
//! narrows the range. A position with several readings continues with one walk per reading.

use super::MIN_LENGTH;
use super::charsets;
use super::found::Found;
use super::reading::{self, Reading, Text, is_break};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use std::collections::HashSet;
use zeroize::Zeroizing;

/// A folded secret: in lower case, with a single space for each run of whitespace.
pub(super) type Needle = Zeroizing<Vec<char>>;

#[derive(Default)]
#[cfg_attr(test, derive(Debug, PartialEq))]
pub(super) struct Needles {
    /// The needles in lexical order, each with the number of times it was added.
    sorted: Vec<(Needle, u32)>,
    /// For each ASCII character, the number of needles that begin with a smaller one.
    below: Vec<usize>,
    /// The length of the shortest needle so far, including removed ones.
    shortest: usize,
    /// Whether any needle so far was not ASCII, including removed ones.
    beyond_ascii: bool,
}

const ASCII: usize = 128;

/// Up to this number, needles are inserted individually; more are sorted together.
const MAX_SINGLE_INSERTS: usize = 64;

/// The maximum number of escaped readings that are tried per character of a secret, on average.
const MAX_ESCAPED_READINGS: usize = 8;

/// The cost of an escaped reading, which is recorded in a set, relative to a plain step.
const ESCAPED_READING_STEPS: usize = 8;

/// The progress of a comparison.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Walk {
    /// The position in the text.
    at: usize,
    /// The range of the needles that begin like the text so far.
    from: usize,
    to: usize,
    length: usize,
    /// Whether the last character was whitespace.
    blank: bool,
}

impl Needles {
    pub(super) fn is_empty(&self) -> bool {
        self.sorted.is_empty()
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.sorted.len()
    }

    /// Returns the minimum length of a text that contains a needle: an escape is never shorter than its character.
    pub(super) fn shortest(&self) -> usize {
        self.shortest
    }

    /// Returns whether text that is not UTF-8 may contain a needle.
    pub(super) fn beyond_ascii(&self) -> bool {
        self.beyond_ascii
    }

    pub(super) fn add(&mut self, needles: Vec<Needle>) {
        let shortest = needles.iter().map(|needle| needle.len()).min().unwrap_or(usize::MAX);
        self.shortest = if self.is_empty() { shortest } else { self.shortest.min(shortest) };
        self.beyond_ascii |= needles.iter().any(|needle| needle.iter().any(|c| !c.is_ascii()));
        if needles.len() <= MAX_SINGLE_INSERTS {
            for needle in needles {
                match self.sorted.binary_search_by(|(other, _)| other.cmp(&needle)) {
                    Ok(place) => self.sorted[place].1 += 1,
                    Err(place) => {
                        self.count(&needle, |count| count + 1);
                        self.sorted.insert(place, (needle, 1));
                    }
                }
            }
            return;
        }
        // Inserting many needles individually would take quadratic time.
        self.sorted.extend(needles.into_iter().map(|needle| (needle, 1)));
        self.sorted.sort_by(|(one, _), (other, _)| one.as_slice().cmp(other));
        self.sorted.dedup_by(|(again, count), (needle, total)| {
            let is_same = again == needle;
            *total += if is_same { *count } else { 0 };
            is_same
        });
        self.below = vec![0; ASCII + 1];
        let firsts: Vec<usize> =
            self.sorted.iter().map(|(needle, _)| needle.first().map_or(0, |c| *c as usize)).collect();
        for (c, count) in self.below.iter_mut().enumerate() {
            *count = firsts.partition_point(|first| *first < c);
        }
    }

    pub(super) fn remove(&mut self, needles: Vec<Needle>) {
        for needle in needles {
            let Ok(place) = self.sorted.binary_search_by(|(other, _)| other.cmp(&needle)) else { continue };
            self.sorted[place].1 -= 1;
            if self.sorted[place].1 == 0 {
                self.count(&needle, |count| count - 1);
                self.sorted.remove(place);
            }
        }
    }

    fn count(&mut self, needle: &Needle, change: impl Fn(usize) -> usize) {
        self.below.resize(ASCII + 1, 0);
        let first = needle.first().map_or(0, |c| *c as usize);
        for count in self.below.iter_mut().skip(first + 1) {
            *count = change(*count);
        }
    }

    /// Collects the ranges of all needles in a text.
    pub(super) fn find(&self, text: &Text, found: &mut Found) {
        let (mut stack, mut seen) = (Vec::new(), HashSet::new());
        for start in 0..text.units.len() {
            if !found.is_open(text, start) {
                return;
            }
            if text.escaped(start).is_empty() && !self.may_begin(text.units[start].c) {
                continue;
            }
            let steps_before = found.steps();
            let whole = Walk { at: start, from: 0, to: self.sorted.len(), length: 0, blank: false };
            let (mut end, mut escaped_readings, mut longest) = (None, 0, 0);
            stack.push(whole);
            while let Some(walk) = stack.pop() {
                longest = longest.max(walk.length);
                let mut steps = 0;
                for (index, reading) in text.at(walk.at).enumerate() {
                    steps += 1;
                    if reading.wrapped && walk.length == 0 {
                        continue;
                    }
                    self.step(walk, reading, &mut |next, is_skip| {
                        // Several sequences of readings may lead to the same walk.
                        if is_skip || index > 0 {
                            steps += ESCAPED_READING_STEPS;
                            if !seen.insert(next) {
                                return;
                            }
                        }
                        escaped_readings += usize::from(!is_skip && !reading.wrapped && index > 0);
                        if !is_skip && self.is_whole(&next) {
                            end = end.max(Some(next.at));
                        }
                        stack.push(next);
                    });
                }
                if !found.count(steps)
                    || escaped_readings > MAX_ESCAPED_READINGS * (longest + MAX_ESCAPED_READINGS)
                {
                    // For example, both the secret and the text consist of backslashes.
                    return found.blank_from(text, start, steps_before);
                }
            }
            if !seen.is_empty() {
                seen.clear();
            }
            if let Some(end) = end {
                found.ranges.push(text.original(start..end));
            }
        }
    }

    fn may_begin(&self, c: char) -> bool {
        let c = fold(c) as usize;
        c >= ASCII || self.below.get(c) != self.below.get(c + 1)
    }

    /// Continues a walk with one reading.
    fn step(&self, walk: Walk, reading: Reading, next: &mut impl FnMut(Walk, bool)) {
        let Reading { c, to: at, .. } = reading;
        let c = fold(c);
        let skips = match c {
            '\n' => true,
            ' ' => walk.blank,
            _ => false,
        };
        if skips && walk.length > 0 {
            next(Walk { at, blank: true, ..walk }, true);
        }
        let c = if c == '\n' { ' ' } else { c };
        if c == ' ' && walk.blank {
            return;
        }
        let (from, to) = self.narrow(&walk, c);
        if from < to {
            next(Walk { at, from, to, length: walk.length + 1, blank: c == ' ' }, false);
        }
    }

    /// Returns the range of the needles that continue with this character.
    fn narrow(&self, walk: &Walk, c: char) -> (usize, usize) {
        let Walk { mut from, mut to, length, .. } = *walk;
        if length == 0 {
            from = self.below.get((c as usize).min(ASCII)).copied().unwrap_or(0);
            if c.is_ascii() {
                to = self.below.get(c as usize + 1).copied().unwrap_or(from);
                return (from, to);
            }
        }
        let needles = self.sorted.get(from..to).unwrap_or_default();
        if let [(only, _)] = needles {
            return if only.get(length) == Some(&c) { (from, to) } else { (from, from) };
        }
        let first = needles.partition_point(|(needle, _)| needle.get(length) < Some(&c));
        let count = needles[first..].partition_point(|(needle, _)| needle.get(length) == Some(&c));
        (from + first, from + first + count)
    }

    /// Returns whether a needle ends here. It is the first one of its range.
    fn is_whole(&self, walk: &Walk) -> bool {
        self.sorted.get(walk.from).is_some_and(|(needle, _)| needle.len() == walk.length)
    }
}

/// Maps characters that are not distinguished to the same one: letters to lower case, whitespace to a space, line breaks
/// and characters without width to `\n`.
fn fold(c: char) -> char {
    match c {
        c if is_break(c) => '\n',
        c if c.is_whitespace() => ' ',
        c if c.is_ascii() => c.to_ascii_lowercase(),
        c => {
            let c = charsets::windows_1252(c);
            let mut lower = c.to_lowercase();
            match (lower.next(), lower.next()) {
                (Some(lower), None) => lower,
                _ => c,
            }
        }
    }
}

/// Returns the needles of a secret: the whole secret and each of its lines, unchanged and with its own escapes decoded, because
/// an API may echo the decoded form.
pub(super) fn of(secret: &str) -> Vec<Needle> {
    let text = Text::of(secret);
    let inner = reading::layers(&text, false).last();
    let decoded = Zeroizing::new(inner.unwrap_or(text).units.iter().map(|unit| unit.c).collect::<String>());
    // In a query, `+` stands for a space.
    let query = Zeroizing::new(decoded.replace('+', " "));
    let mut needles: Vec<Needle> = Vec::new();
    let mut texts = charsets::misread_forms(secret);
    if *decoded != *secret {
        texts.extend(charsets::misread_forms(&decoded));
    }
    for text in texts.iter().map(|text| text.as_str()).chain([secret, &decoded, &query]) {
        let whole = folded(text);
        if text.trim().contains('\n') {
            needles.extend(text.lines().filter(|line| !line.starts_with("-----")).map(folded));
            needles.push(folded(&Zeroizing::new(text.lines().collect::<String>())));
        }
        // The padding of base64 is often left out.
        let padding = whole.iter().rev().take_while(|c| **c == '=').count();
        if padding > 0 && whole.len() > 8 {
            needles.push(whole[..whole.len() - padding].to_vec().into());
        }
        needles.push(whole);
    }
    needles.retain(|needle| needle.iter().filter(|c| **c != ' ').count() >= MIN_LENGTH);
    distinct(needles)
}

/// Removes duplicates.
fn distinct(mut needles: Vec<Needle>) -> Vec<Needle> {
    needles.sort_unstable_by(|one, other| one.as_slice().cmp(other));
    needles.dedup();
    needles
}

fn folded(text: &str) -> Needle {
    let mut folded = Needle::default();
    folded.reserve(text.len());
    for c in text.trim().chars().map(fold) {
        let c = if c == '\n' { ' ' } else { c };
        if c != ' ' || folded.last() != Some(&' ') {
            folded.push(c);
        }
    }
    folded
}

/// Returns the part of a secret's base64 form that is the same at each alignment in a longer text, e.g. after `user:`. Needed for
/// base64 whose letter case was changed, which can be compared but not decoded.
pub(super) fn lower_case_base64(secret: &str) -> Vec<Needle> {
    const MIN_BASE64_LENGTH: usize = 8;
    let mut needles: Vec<Needle> = Vec::new();
    for engine in [&STANDARD_NO_PAD, &URL_SAFE_NO_PAD] {
        for offset in 0..3 {
            let mut bytes = Zeroizing::new(vec![0; offset]);
            bytes.extend_from_slice(secret.trim().as_bytes());
            let encoded = Zeroizing::new(engine.encode(&bytes));
            // The first digits contain bits of the preceding byte, the last one bits of the following byte.
            let (first, last) = ((offset * 8).div_ceil(6), bytes.len() * 8 / 6);
            needles.push(folded(encoded.get(first..last).unwrap_or_default()));
        }
    }
    needles.retain(|needle| needle.len() >= MIN_BASE64_LENGTH);
    distinct(needles)
}
