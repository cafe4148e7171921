//! Blanks known secrets in text, also if an API or a library echoes them in an encoded form.
//!
//! A list of encoded forms is never complete: an API escapes a slash, a proxy encodes the URL again, a log wraps the
//! line. So the text is decoded instead of encoding the secret. Each position of the text has one or more *readings*:
//! the character itself, and each character that an escape beginning there may stand for (`reading`, `escapes`). A
//! secret is found wherever a sequence of readings spells it, ignoring letter case (`needles`). Encodings without
//! escapes (base64, hex, lists of bytes) are decoded from each possible start, under each layer of escapes, and the
//! result is searched in the same way (`encodings`). Each decoded character remembers which bytes of the original text
//! it came from, and those bytes are blanked. The number of steps is limited (`found`).
//!
//! What must stay true: the result does not depend on the order in which secrets were added; text without a secret is
//! unchanged, byte for byte; scrubbing the result again changes nothing.
//!
//! This module depends on nothing else in the SDK.

mod encodings;
mod charsets;
mod escapes;
mod found;
mod lists;
mod needles;
mod reading;
#[cfg(test)]
mod tests;

use self::encodings::Decoder;
use self::found::Found;
use self::needles::{Needle, Needles};
use self::reading::Text;
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, RandomState};
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use zeroize::Zeroizing;

/// The replacement of a secret.
pub(crate) const STARS: &str = "****";

/// The minimum length of a secret, in characters. Blanking every "1" in a log would hide more than it protects.
const MIN_LENGTH: usize = 4;

/// How many secrets created at run time are remembered, and their total size in bytes: the most recently used ones.
const MAX_RECENT: usize = 1024;
const MAX_RECENT_SIZE: usize = 1 << 20;

/// The maximum nesting of encodings without escapes, such as base64 of hex of base64 of base64.
const MAX_DEPTH: usize = 4;

/// The maximum number of passes. A second pass finds something only if the stars of the first complete another secret.
const MAX_PASSES: usize = 8;

/// The known secrets.
#[derive(Default)]
pub(crate) struct Scrubber {
    needles: Needles,
    hasher: RandomState,
    /// The hashes of the secrets that are never forgotten.
    kept: HashSet<u64>,
    /// The secrets created at run time, by their hashes.
    recent: HashMap<u64, Recent>,
    recent_size: usize,
    /// Counts the uses of recent secrets, to order them.
    clock: AtomicU64,
}

struct Recent {
    secret: Zeroizing<String>,
    last_used: AtomicU64,
}

impl Scrubber {
    /// Blanks these secrets from now on.
    pub(crate) fn add<S: AsRef<str>>(&mut self, secrets: impl IntoIterator<Item = S>) {
        let mut needles = Vec::new();
        for secret in secrets {
            self.add_needles(secret.as_ref(), &mut needles);
        }
        // Added together, which is faster for many.
        self.needles.add(needles);
    }

    /// Collects the needles of a secret, if it is new.
    fn add_needles(&mut self, secret: &str, needles: &mut Vec<Needle>) {
        if is_secret(secret) && self.kept.insert(self.hasher.hash_one(secret)) {
            needles.append(&mut needles::of(secret));
            needles.append(&mut needles::lower_case_base64(secret));
        }
    }

    /// Blanks this secret from now on, until [`MAX_RECENT`] others have been used more recently.
    pub(crate) fn add_recent(&mut self, secret: &str) {
        if self.knows(secret) {
            return;
        }
        let recent = Recent {
            secret: Zeroizing::new(secret.to_owned()),
            last_used: AtomicU64::new(self.clock.fetch_add(1, Relaxed)),
        };
        if self.recent.insert(self.hasher.hash_one(secret), recent).is_none() {
            self.recent_size += secret.len();
            self.needles.add(needles::of(secret));
        }
        if self.recent.len() > MAX_RECENT || self.recent_size > MAX_RECENT_SIZE {
            self.forget();
        }
    }

    /// Returns whether this secret need not be added. Counts as a use of it.
    pub(crate) fn knows(&self, secret: &str) -> bool {
        let hash = self.hasher.hash_one(secret);
        if let Some(recent) = self.recent.get(&hash) {
            recent.last_used.store(self.clock.fetch_add(1, Relaxed), Relaxed);
            return true;
        }
        self.kept.contains(&hash) || !is_secret(secret)
    }

    /// Forgets the least recently used eighth, which avoids a search for the oldest one with every new secret.
    fn forget(&mut self) {
        let mut by_use: Vec<(u64, u64)> =
            self.recent.iter().map(|(hash, recent)| (recent.last_used.load(Relaxed), *hash)).collect();
        by_use.sort_unstable();
        by_use.pop();
        for (_, hash) in by_use {
            if self.recent.len() <= MAX_RECENT - MAX_RECENT / 8
                && self.recent_size <= MAX_RECENT_SIZE - MAX_RECENT_SIZE / 8
            {
                break;
            }
            if let Some(Recent { secret, .. }) = self.recent.remove(&hash) {
                self.recent_size -= secret.len();
                self.needles.remove(needles::of(&secret));
            }
        }
    }

    /// Returns the text with each secret replaced by stars.
    pub(crate) fn scrub<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let mut text = Cow::Borrowed(text);
        for _ in 0..MAX_PASSES {
            match self.scrub_once(&text) {
                Some(scrubbed) => text = Cow::Owned(scrubbed),
                None => break,
            }
        }
        text
    }

    fn scrub_once(&self, text: &str) -> Option<String> {
        if self.needles.is_empty() || text.len() < self.needles.shortest() {
            return None;
        }
        let mut found = Found::new(text.len());
        self.search(&Text::of(text), 0, &mut found);
        let mut found = found.ranges;
        found.sort_unstable_by_key(|range: &Range<usize>| range.start);
        let mut scrubbed = String::with_capacity(text.len());
        let mut rest = 0;
        let mut found = found.into_iter().peekable();
        while let Some(mut range) = found.next() {
            while let Some(next) = found.next_if(|next| next.start < range.end) {
                range.end = range.end.max(next.end);
            }
            scrubbed.push_str(text.get(rest..range.start)?);
            scrubbed.push_str(STARS);
            rest = range.end;
        }
        scrubbed.push_str(text.get(rest..)?);
        (scrubbed != text).then_some(scrubbed)
    }

    /// Collects the ranges of the original text that contain secrets.
    fn search(&self, text: &Text, depth: usize, found: &mut Found) {
        self.search_layer(text, depth, found);
        if text.has_escapes() {
            reading::layers(text, false).for_each(|layer| self.search_layer(&layer, depth, found));
        }
        if text.has_soft_escapes() {
            reading::layers(text, true).for_each(|layer| self.search_layer(&layer, depth, found));
        }
    }

    fn search_layer(&self, text: &Text, depth: usize, found: &mut Found) {
        self.needles.find(text, found);
        if depth < MAX_DEPTH {
            // Any bytes are valid Latin-1, so text that is not UTF-8 is not decoded further.
            let mut search = |decoded, is_utf8| match Text::new(decoded) {
                text if is_utf8 => self.search(&text, depth + 1, found),
                text => self.needles.find(&text, found),
            };
            let needles = &self.needles;
            Decoder { shortest: needles.shortest(), latin: needles.beyond_ascii(), found: &mut search }
                .decode(text);
        }
    }
}

fn is_secret(text: &str) -> bool {
    text.trim().chars().count() >= MIN_LENGTH
}
