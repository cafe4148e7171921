//! Detects an API that returns the same page forever.
//!
//! With page numbers and offsets, an API that ignores the parameter returns the first page for every number. So there,
//! a page whose bytes equal those of its predecessor is an error.
//!
//! An API may also repeat a page under ever new links; then only the elements are equal, and the JSON around them is
//! not. Hashing every element would cost more than parsing some of them. So a page has a cheap fingerprint: a hash of
//! its first element, and the lengths of all. If it equals that of the previous page, the following pages are hashed
//! as a whole, and several equal ones in a row are an error.

use super::Limits;
use crate::error::{Error, Result};
use std::hash::{BuildHasher, DefaultHasher, Hasher, RandomState};

/// How many pages in a row may have the same elements as their predecessor.
const ALLOWED_REPEATS: u32 = 3;

pub(in crate::http) struct Repeats {
    hasher: RandomState,
    allowed: bool,
    counts: bool,
    /// The cheap fingerprint of the previous page.
    print: Option<u64>,
    elements: Option<u64>,
    all: Option<u64>,
    suspicious: bool,
    repeated: u32,
}

/// How much of a page is hashed.
#[derive(Clone)]
pub(in crate::http) struct Watch {
    hasher: RandomState,
    whole: bool,
}

/// The fingerprint of a page.
#[derive(Clone)]
pub(in crate::http) struct Fingerprint {
    watch: Watch,
    elements: u64,
    first: u64,
    lengths: u64,
    whole: Option<DefaultHasher>,
    all: Option<u64>,
}

impl Watch {
    pub(in crate::http) fn fingerprint(self) -> Fingerprint {
        let whole = self.whole.then(|| self.hasher.build_hasher());
        Fingerprint { watch: self, elements: 0, first: 0, lengths: 0, whole, all: None }
    }
}

#[cfg(test)]
impl Watch {
    /// Hashes every element.
    pub(in crate::http) fn whole(hasher: RandomState) -> Self {
        Self { hasher, whole: true }
    }
}

#[cfg(test)]
impl Fingerprint {
    /// Returns everything that is compared.
    pub(in crate::http) fn parts(&self) -> (u64, u64, u64, Option<u64>, Option<u64>) {
        let whole = self.whole.as_ref().map(DefaultHasher::finish);
        (self.elements, self.first, self.lengths, whole, self.all)
    }
}

impl Fingerprint {
    #[inline]
    pub(in crate::http) fn add(&mut self, element: &[u8]) {
        if self.elements == 0 {
            self.first = self.watch.hasher.hash_one(element);
        }
        self.elements += 1;
        self.lengths = self.lengths.wrapping_mul(31).wrapping_add(element.len() as u64);
        if let Some(whole) = &mut self.whole {
            whole.write(element);
            whole.write_usize(element.len());
        }
    }

    /// Adds the JSON around the elements.
    pub(in crate::http) fn end(&mut self, envelope: &[u8]) {
        self.all = self.whole.clone().map(|mut all| {
            all.write(envelope);
            all.finish()
        });
    }
}

impl Repeats {
    pub(super) fn new(counts: bool, limits: Limits) -> Self {
        Self {
            hasher: RandomState::new(),
            allowed: limits.allow_repeated_pages,
            counts,
            print: None,
            elements: None,
            all: None,
            suspicious: false,
            repeated: 0,
        }
    }

    /// Returns how much of the next page to hash; `None` if repeated pages are allowed.
    pub(super) fn watch(&self) -> Option<Watch> {
        let whole = self.counts || self.suspicious;
        (!self.allowed).then(|| Watch { hasher: self.hasher.clone(), whole })
    }

    /// Checks the body of a page that was read as a whole.
    pub(super) fn body_arrived(&mut self, page: u32, body: &[u8]) -> Result<()> {
        if self.allowed || !self.counts {
            return Ok(());
        }
        let all = self.hasher.hash_one(body);
        self.differs(page, all)
    }

    /// Checks a page whose elements were read.
    pub(super) fn elements_arrived(&mut self, page: u32, seen: &Fingerprint) -> Result<()> {
        if self.allowed || seen.elements == 0 {
            return Ok(());
        }
        if let Some(all) = seen.all.filter(|_| self.counts) {
            self.differs(page, all)?;
        }
        let print = self.hasher.hash_one((seen.elements, seen.first, seen.lengths));
        self.suspicious = self.print.replace(print) == Some(print);
        let elements = seen.whole.as_ref().map(DefaultHasher::finish);
        let before = std::mem::replace(&mut self.elements, elements);
        self.repeated = if elements.is_some() && elements == before { self.repeated + 1 } else { 0 };
        if self.repeated >= ALLOWED_REPEATS {
            return Err(Error::system(format!(
                "pages {} to {page} have the same elements: pagination does not advance. {ADVICE}",
                page.saturating_sub(self.repeated)
            )));
        }
        Ok(())
    }

    fn differs(&mut self, page: u32, all: u64) -> Result<()> {
        if self.all.replace(all) == Some(all) {
            return Err(Error::system(format!(
                "page {page} is identical to page {}: pagination does not advance. {ADVICE}",
                page.saturating_sub(1)
            )));
        }
        Ok(())
    }
}

const ADVICE: &str = "If equal pages are legitimate, call `allow_repeated_pages`";

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits { max_pages: 0, allow_repeated_pages: false };

    /// Returns after which page there is an error, for pages with these elements and different JSON around them.
    fn error_after(counts: bool, pages: impl IntoIterator<Item = Vec<&'static str>>) -> Option<u32> {
        let mut repeats = Repeats::new(counts, LIMITS);
        for (number, page) in (1..).zip(pages) {
            let mut seen = repeats.watch().unwrap().fingerprint();
            page.iter().for_each(|element| seen.add(element.as_bytes()));
            seen.end(format!("{number}").as_bytes());
            if repeats.elements_arrived(number, &seen).is_err() {
                return Some(number);
            }
        }
        None
    }

    #[test]
    fn same_elements_under_new_links_are_found_after_a_few_pages() {
        assert_eq!(error_after(false, vec![vec!["1", "2"]; 100]), Some(6));
        assert_eq!(error_after(true, vec![vec!["1", "2"]; 100]), Some(4));
        // Only a later element differs, so the cheap fingerprint is equal.
        let alike = |page: usize| vec!["1", ["2", "3"][page % 2]];
        assert_eq!(error_after(false, (0..100).map(alike)), None);
        // Empty pages are not repetitions: an API may filter.
        assert_eq!(error_after(false, vec![vec![]; 100]), None);
        // A few repetitions are allowed.
        let mut pages = vec![vec!["1"]; 5];
        pages.extend(vec![vec!["2"]; 5]);
        assert_eq!(error_after(false, pages), None);
    }

    #[test]
    fn only_suspicious_pages_are_hashed_as_a_whole() {
        let mut repeats = Repeats::new(false, LIMITS);
        for (page, element, whole) in
            [(1, "a", false), (2, "a", false), (3, "a", true), (4, "b", true), (5, "c", false)]
        {
            let mut seen = repeats.watch().unwrap().fingerprint();
            assert_eq!(seen.whole.is_some(), whole, "{page}");
            seen.add(element.as_bytes());
            repeats.elements_arrived(page, &seen).unwrap();
        }
    }

    #[test]
    fn identical_body_is_an_error_where_pages_are_counted() {
        let mut repeats = Repeats::new(true, LIMITS);
        for (page, body) in [(1, "a"), (2, "b"), (3, "a")] {
            repeats.body_arrived(page, body.as_bytes()).unwrap();
        }
        let error = repeats.body_arrived(4, b"a").unwrap_err();
        assert!(error.message().starts_with("page 4 is identical to page 3: "), "{error}");
        let allowed = Limits { allow_repeated_pages: true, ..LIMITS };
        for (counts, limits) in [(false, LIMITS), (true, allowed)] {
            let mut repeats = Repeats::new(counts, limits);
            repeats.body_arrived(1, b"a").unwrap();
            repeats.body_arrived(2, b"a").unwrap();
        }
    }
}
