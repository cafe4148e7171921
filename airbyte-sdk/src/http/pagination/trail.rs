//! Follows the pages of a result, and ensures that the pagination ends.
//!
//! A next page is requested at the origin of the first page, with its credentials. A loop is an error: the
//! hash of each request is remembered for the first pages, and after that Brent's algorithm finds loops with the
//! memory of one request. A page limit and the detection of repeated pages catch what never repeats a request.

use super::next_page::{NextPage, Step};
use super::repeats::{Fingerprint, Repeats, Watch};
use super::{Steps, body_field, reference};
use crate::error::{Error, Result};
use crate::http::{Request, url};
use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

/// The number of requests that are remembered. A loop that begins later is found a little later.
const REMEMBERED: usize = 4096;

/// The pages of a result so far, however they are read.
pub(in crate::http) struct Trail {
    hasher: RandomState,
    /// The number of each request that was sent, by its hash.
    seen: HashMap<u64, u32>,
    /// Finds later loops with the memory of one request (Brent): that of page 1, 2, 4, 8, … is kept until the next of
    /// them.
    kept: Option<(u64, u32)>,
    page: u32,
    max_pages: u32,
    repeats: Repeats,
    /// The number of pages without records in a row.
    empty: u32,
}

impl Trail {
    pub(in crate::http) fn new<P>(steps: &Steps<'_, P>) -> Self {
        Self::with_limits(steps.limits.max_pages, Repeats::new(steps.counts, steps.limits))
    }

    fn with_limits(max_pages: u32, repeats: Repeats) -> Self {
        Self {
            hasher: RandomState::new(),
            seen: HashMap::new(),
            kept: None,
            page: 1,
            max_pages,
            repeats,
            empty: 0,
        }
    }

    /// Returns whether a page after the first was requested.
    pub(in crate::http) fn is_past_first(&self) -> bool {
        self.page > 1
    }

    /// Counts the records of a page that names a next one. APIs that filter may send many pages without records, so
    /// these are not an error before `max_pages`; but the log must show why a read takes so long.
    pub(in crate::http) fn counted(&mut self, records: u64) {
        self.empty = if records == 0 { self.empty + 1 } else { 0 };
        if matches!(self.empty, 100 | 1_000 | 10_000) {
            log::warn!(
                "the last {} pages had no records, but each named a next page; the limit is {} pages",
                self.empty,
                self.max_pages
            );
        }
    }

    /// Returns how much of the next page to hash.
    pub(in crate::http) fn watch(&self) -> Option<Watch> {
        self.repeats.watch()
    }

    /// Fails if a page, which names a next one, repeats its predecessors.
    pub(in crate::http) fn elements_arrived(&mut self, seen: &Fingerprint) -> Result<()> {
        self.repeats.elements_arrived(self.page, seen)
    }

    /// Fails if a page that was read as a whole repeats its predecessor.
    pub(super) fn body_arrived(&mut self, body: &[u8]) -> Result<()> {
        self.repeats.body_arrived(self.page, body)
    }

    /// Returns the request for the next page, made from the request for the current one; `None` if there is no next
    /// page.
    pub(in crate::http) fn follow(
        &mut self,
        mut request: Request,
        next: NextPage,
    ) -> Result<Option<Request>> {
        if next.is_empty() {
            return Ok(None);
        }
        if self.kept.is_none() {
            let first = hash(&self.hasher, &request);
            self.seen.insert(first, self.page);
            self.kept = Some((first, self.page));
        }
        let mut relative = None;
        match next.0 {
            Step::Url(url) => {
                // Relative to the changing path of the current page, the same link may lead deeper and deeper.
                relative = reference::depends_on_path(&url).then(|| self.hasher.hash_one(("link", &url)));
                let fragment = url::fragment_of(&url).to_owned();
                let url = reference::resolve_at_origin(&request.url, &url).ok_or_else(|| {
                    Error::system(format!(
                        "the link to the next page on page {} is not a valid URL",
                        self.page
                    ))
                })?;
                request.set_url(url, fragment);
            }
            Step::Unclear => {
                return Err(Error::system(
                    "the `Link` header of the response names a next page, but cannot be parsed; expected \
                     `<URL>; rel=\"next\"`. Use a pagination that finds the next page in the body",
                ));
            }
            Step::Query(name, value) => request.set_query(name, value),
            Step::BodyField(path, value) => {
                let value = value.map_err(|error| {
                    Error::system(format!(
                        "the value of `{path}` for the next page cannot be serialized as JSON"
                    ))
                    .with_internal(error)
                })?;
                request.body = Some(body_field::put(request.body.as_deref(), &path, value)?);
            }
        }
        self.page += 1;
        if self.page > self.max_pages {
            return Err(Error::system(format!(
                "pagination does not end within {} pages; if the API has more, raise `Pagination::max_pages`",
                self.max_pages
            )));
        }
        let hash = hash(&self.hasher, &request);
        let by_link = relative.and_then(|link| {
            let earlier = self.seen.get(&link).copied();
            if earlier.is_none() && self.seen.len() < REMEMBERED {
                self.seen.insert(link, self.page);
            }
            earlier
        });
        let kept = self.kept.filter(|(kept, _)| *kept == hash).map(|(_, page)| page);
        let earlier = self.seen.get(&hash).copied().or(kept).or(by_link);
        if let Some(earlier) = earlier {
            return Err(Error::system(format!(
                "pagination loop: page {} links back to page {earlier}",
                self.page - 1
            )));
        }
        if self.seen.len() < REMEMBERED {
            self.seen.insert(hash, self.page);
        }
        if self.page.is_power_of_two() {
            self.kept = Some((hash, self.page));
        }
        Ok(Some(request))
    }
}

/// Returns the hash that identifies a request: that of its URL and body.
fn hash(hasher: &RandomState, request: &Request) -> u64 {
    hasher.hash_one((request.url_with_query(), &request.body))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::Http;
    use crate::http::pagination::Pagination;
    use serde_json::Value;

    fn trail(max_pages: u32) -> Trail {
        let limits = Pagination::link_header().max_pages(max_pages).limits;
        Trail::with_limits(max_pages, Repeats::new(false, limits))
    }

    /// Returns the next URL, after this link on `http://127.0.0.1:80/v2/a?limit=2`.
    fn follow(next: &str) -> Result<Option<String>> {
        let request = Http::new("test", "0", Vec::new(), None).get("http://127.0.0.1:80/v2/a?limit=2");
        let next = trail(9).follow(request, NextPage::url(next))?;
        Ok(next.map(|request| request.url))
    }

    #[test]
    fn next_page_is_requested_at_the_origin_of_the_first() {
        for (next, requested) in [
            ("https://api.massive.com/v2/a?cursor=x", "/v2/a?cursor=x"),
            ("/v2/a?cursor=x", "/v2/a?cursor=x"),
            ("?page=2", "/v2/a?page=2"),
            ("relative/path", "/v2/relative/path"),
            ("../b", "/b"),
            ("https://evil@host:1/steal", "/steal"),
            ("//evil:1/steal", "/steal"),
            ("?q=a \"b\"|ü&r=%20", "/v2/a?q=a%20%22b%22%7C%C3%BC&r=%20"),
            (" /v2/a?cursor=x\n", "/v2/a?cursor=x"),
        ] {
            let expected = format!("http://127.0.0.1:80{requested}");
            assert_eq!(follow(next).unwrap().as_deref(), Some(&*expected), "{next}");
        }
        for next in ["http://", "http:///x", "ftp://127.0.0.1/x", "mailto:a@b.example"] {
            assert!(follow(next).is_err(), "{next}");
        }
        assert_eq!(follow(" ").unwrap(), None);
    }

    /// Follows these steps. Returns how many requests were sent, and the error.
    fn follow_all(steps: impl Iterator<Item = NextPage>, most: u32) -> (u32, Option<String>) {
        let mut request = Http::new("test", "0", Vec::new(), None).post("http://a.example/0");
        request.body = Some(b"{}".to_vec());
        let mut trail = trail(most);
        for (sent, next) in (1..).zip(steps) {
            match trail.follow(request, next) {
                Ok(Some(next)) => request = next,
                Ok(None) => return (sent, None),
                Err(error) => return (sent, Some(error.message().to_owned())),
            }
        }
        unreachable!("endless pagination")
    }

    #[test]
    fn loop_is_found_before_a_page_is_requested_twice() {
        let url = |page: u32| NextPage::url(format!("/{page}"));
        for (tail, length) in [(0, 1), (1, 1), (0, 3), (3, 3), (10, 7)] {
            let steps =
                (1..).map(|step| if step < tail { step } else { tail + (step - tail) % length }).map(url);
            let (sent, error) = follow_all(steps, u32::MAX);
            assert_eq!(sent, tail + length, "{tail}, {length}");
            assert!(error.unwrap().ends_with(&format!("page {sent} links back to page {}", tail + 1)));
        }
        let token = |step: u32| NextPage::query("token", ["x", "y"][step as usize % 2]);
        assert_eq!(follow_all((0..).map(token), u32::MAX).0, 3);
        let token = |step: u32| NextPage::body_field("a.token", ["x", "y"][step as usize % 2]);
        assert_eq!(follow_all((0..).map(token), u32::MAX).0, 3);
        // A loop that begins after the remembered requests.
        let late = (1..).map(|step| if step < 9_000 { step } else { 9_000 + step % 5 }).map(url);
        assert!(follow_all(late, u32::MAX).0 < 20_000);
    }

    #[test]
    fn repeated_relative_link_is_a_loop() {
        for links in [&["x/y"][..], &["./x/", "y/z?a"], &["not a url"]] {
            let steps = links.iter().cycle().map(|link| NextPage::url(*link));
            let (sent, error) = follow_all(steps, 100);
            assert!(error.unwrap().contains("loop"));
            assert!(sent <= 3, "{sent}");
        }
        // Relative links to ever new paths are no loop.
        let steps = (1..9).map(|page| NextPage::url(format!("../{page}/"))).chain([NextPage::url("")]);
        assert_eq!(follow_all(steps, u32::MAX), (9, None));
    }

    #[test]
    fn long_pagination_ends_at_its_end_or_the_limit() {
        let url = |page: u32| NextPage::url(if page < 10_000 { format!("/{page}") } else { String::new() });
        assert_eq!(follow_all((1..).map(url), u32::MAX), (10_000, None));
        assert_eq!(
            follow_all((1..).map(url), 7),
            (7, Some("pagination does not end within 7 pages; if the API has more, raise `Pagination::max_pages`".to_owned()))
        );
        for end in [Value::Null, "".into()] {
            let token =
                |page: u32| NextPage::body_field("at", if page < 9 { page.into() } else { end.clone() });
            assert_eq!(follow_all((1..).map(token), u32::MAX), (9, None));
        }
    }
}
