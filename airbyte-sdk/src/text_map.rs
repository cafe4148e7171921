//! A map from names to texts in little memory: a stream may have a position for each of very many partitions.
//!
//! Problem: with an allocation for each name and each position, a map of the standard library takes four times the bytes of
//! its contents. Idea: all entries follow each other in one buffer, and a table with open addressing has their places in it. An
//! entry that is replaced by a longer one or removed stays in the buffer, until half of the buffer is of that kind.

use std::hash::{DefaultHasher, Hash, Hasher};

/// A map from names to texts. It lists its entries in the order in which they were added.
#[derive(Default)]
pub(crate) struct TextMap {
    /// The entries: whether it is live, the lengths of its name and its text, and both.
    buffer: Vec<u8>,
    /// The places of the entries in the buffer, plus 1; 0 is free. The length is a power of two.
    table: Vec<usize>,
    /// How many entries of the table are not free.
    used: usize,
    /// How many entries are live.
    live: usize,
    /// The bytes of the entries that are not live.
    dead_bytes: usize,
}

/// An entry of the buffer.
struct Entry<'b> {
    is_live: bool,
    name: &'b str,
    text: &'b str,
    /// Its length in the buffer.
    length: usize,
}

/// The bytes before a name: whether the entry is live, and two lengths.
const HEADER: usize = 9;

impl TextMap {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Creates a map with space for so many bytes of entries.
    pub(crate) fn with_capacity(bytes: usize) -> Self {
        Self { buffer: Vec::with_capacity(bytes), ..Self::default() }
    }

    /// Returns the number of entries.
    pub(crate) fn len(&self) -> usize {
        self.live
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.live == 0
    }

    pub(crate) fn contains(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let entry = self.entry(self.find(name).ok()?)?;
        entry.is_live.then_some(entry.text)
    }

    /// Sets the text of a name. Returns whether it has changed.
    pub(crate) fn set(&mut self, name: &str, text: &str) -> bool {
        let place = self.find(name).ok();
        if let Some(Entry { is_live: true, text: old, length, .. }) =
            place.and_then(|place| self.entry(place))
        {
            if old == text {
                return false;
            }
            let place = place.unwrap_or_default();
            // Usually: a time has the same length as the one before.
            if old.len() == text.len() {
                self.buffer[place + length - text.len()..place + length].copy_from_slice(text.as_bytes());
                return true;
            }
            self.kill(place);
        }
        self.append(name, text);
        self.compact();
        true
    }

    /// Removes an entry. Returns whether there was one.
    pub(crate) fn remove(&mut self, name: &str) -> bool {
        let place = self.find(name).ok();
        let place = place.filter(|place| self.entry(*place).is_some_and(|entry| entry.is_live));
        place.map(|place| self.kill(place)).is_some()
    }

    /// Removes the entries for whose names the function returns `false`.
    pub(crate) fn retain(&mut self, is_kept: impl Fn(&str) -> bool) {
        // Usually none, so this is not done by copying the others.
        let removed = self.iter().map(|(name, _)| name).filter(|name| !is_kept(name));
        let removed: Vec<String> = removed.map(str::to_owned).collect();
        for name in removed {
            self.remove(&name);
        }
        self.compact();
    }

    /// Removes the entries that are not live from the buffer, if they are more than half of it.
    fn compact(&mut self) {
        if self.dead_bytes <= self.buffer.len() / 2 {
            return;
        }
        let mut live = Self::with_capacity(self.buffer.len() - self.dead_bytes);
        self.iter().for_each(|(name, text)| live.append(name, text));
        *self = live;
    }

    /// Lists the names and texts.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        let mut place = 0;
        let entries = std::iter::from_fn(move || {
            let entry = self.entry(place)?;
            place += entry.length;
            Some(entry)
        });
        entries.filter(|entry| entry.is_live).map(|entry| (entry.name, entry.text))
    }

    /// Returns the entry at this place of the buffer.
    fn entry(&self, place: usize) -> Option<Entry<'_>> {
        let ([is_live, lengths @ ..], rest) = self.buffer.get(place..)?.split_first_chunk::<HEADER>()?;
        let [a, b, c, d, e, f, g, h] = *lengths;
        let (name, text) =
            (u32::from_le_bytes([a, b, c, d]) as usize, u32::from_le_bytes([e, f, g, h]) as usize);
        // It was a string; the check costs little compared with what is done with a position.
        let name_and_text = std::str::from_utf8(rest.get(..name + text)?).ok()?;
        let length = HEADER + name + text;
        let (name, text) = name_and_text.split_at_checked(name)?;
        Some(Entry { is_live: *is_live == 1, name, text, length })
    }

    /// Returns the place of the entry with this name in the buffer, live or not, or else the free entry of the table for it.
    fn find(&self, name: &str) -> Result<usize, usize> {
        let mask = self.table.len().wrapping_sub(1);
        let mut at = hash(name) & mask;
        loop {
            let place = match self.table.get(at) {
                None | Some(0) => return Err(at),
                Some(place) => place - 1,
            };
            if self.entry(place).is_some_and(|entry| entry.name == name) {
                return Ok(place);
            }
            at = (at + 1) & mask;
        }
    }

    /// Adds an entry; there is no live one with this name.
    fn append(&mut self, name: &str, text: &str) {
        // Longer ones cannot be in an input, and a partition without a position is read from its beginning.
        let (Ok(name_length), Ok(text_length)) = (u32::try_from(name.len()), u32::try_from(text.len()))
        else {
            return;
        };
        // A quarter of the table stays free, so that searches are short.
        if (self.used + 1) * 4 > self.table.len() * 3 {
            self.grow();
        }
        let place = self.buffer.len();
        self.buffer.push(1);
        self.buffer.extend_from_slice(&name_length.to_le_bytes());
        self.buffer.extend_from_slice(&text_length.to_le_bytes());
        self.buffer.extend_from_slice(name.as_bytes());
        self.buffer.extend_from_slice(text.as_bytes());
        self.live += 1;
        self.point_to(place, name);
    }

    /// Sets the place of the entry with this name in the table.
    fn point_to(&mut self, place: usize, name: &str) {
        let mask = self.table.len() - 1;
        let mut at = hash(name) & mask;
        while self.table[at] > 0 && self.entry(self.table[at] - 1).is_some_and(|entry| entry.name != name) {
            at = (at + 1) & mask;
        }
        self.used += usize::from(self.table[at] == 0);
        self.table[at] = place + 1;
    }

    fn kill(&mut self, place: usize) {
        self.dead_bytes += self.entry(place).map_or(0, |entry| entry.length);
        self.buffer[place] = 0;
        self.live -= 1;
    }

    fn grow(&mut self) {
        let length = (self.table.len() * 2).max(8);
        let old = std::mem::replace(&mut self.table, vec![0; length]);
        for place in old.into_iter().filter(|place| *place > 0) {
            let Some(Entry { name, .. }) = self.entry(place - 1) else { continue };
            let mut at = hash(name) & (length - 1);
            while self.table[at] > 0 {
                at = (at + 1) & (length - 1);
            }
            self.table[at] = place;
        }
    }
}

fn hash(name: &str) -> usize {
    let mut hasher = DefaultHasher::new();
    name.hash(&mut hasher);
    hasher.finish() as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    #[test]
    fn entries_are_in_the_order_in_which_they_were_added() {
        let mut map = TextMap::new();
        assert!(map.set("b", "1") && map.set("a", "2") && map.set("b", "3"));
        assert_eq!(map.iter().collect::<Vec<_>>(), [("b", "3"), ("a", "2")]);
        assert!(!map.set("a", "2"));
    }

    #[test]
    fn memory_does_not_grow_with_the_number_of_changes() {
        let mut map = TextMap::new();
        for number in 0..10_000 {
            map.set("a", &"x".repeat(number % 7));
            map.set(&format!("{}", number % 9), "");
            map.remove(&format!("{}", number % 5));
        }
        assert!(map.buffer.len() < 500 && map.table.len() <= 32, "{} {}", map.buffer.len(), map.table.len());
    }

    proptest! {
        #[test]
        fn contents_are_those_of_a_map_of_the_standard_library(
            changes in proptest::collection::vec(("[ab\u{e9}]{0,3}", proptest::option::of("[x\u{fc}]{0,3}")), 0..300),
            kept in "[ab\u{e9}]{0,2}",
        ) {
            let (mut map, mut expected) = (TextMap::new(), BTreeMap::new());
            for (name, text) in &changes {
                match text {
                    Some(text) => {
                        let has_changed = expected.insert(name.as_str(), text.as_str()) != Some(text);
                        prop_assert_eq!(map.set(name, text), has_changed);
                    }
                    None => prop_assert_eq!(map.remove(name), expected.remove(name.as_str()).is_some()),
                }
                prop_assert_eq!(map.get(name), expected.get(name.as_str()).copied());
            }
            prop_assert_eq!(map.iter().collect::<BTreeMap<_, _>>(), expected.clone());
            prop_assert_eq!((map.len(), map.is_empty()), (expected.len(), expected.is_empty()));
            map.retain(|name| name.starts_with(&kept));
            expected.retain(|name, _| name.starts_with(&kept));
            prop_assert_eq!(map.iter().collect::<BTreeMap<_, _>>(), expected);
        }
    }
}
