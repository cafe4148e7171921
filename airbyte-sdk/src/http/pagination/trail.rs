//! The way from page to page: where it may lead, and that it comes to an end.

use super::next_page::{NextPage, Step};
use super::repeats::{Fingerprint, Repeats, Watch};
use super::{Steps, body_field, reference};
use crate::error::{Error, Result};
use crate::http::{Request, url};
use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

/// Of so many pages it is remembered that they were there. A circle that begins later is found a little later.
const REMEMBERED: usize = 4096;

/// The way from page to page, whatever is made of them.
pub(in crate::http) struct Trail {
    hasher: RandomState,
    /// The number of each request that was sent, by its hash.
    seen: HashMap<u64, u32>,
    /// Finds later circles with the memory of one request: that of page 1, 2, 4, 8, … is kept until the next of them
    /// (Brent).
    kept: Option<(u64, u32)>,
    page: u32,
    max_pages: u32,
    repeats: Repeats,
    /// How many pages in a row had no records.
    empty: u32,
}

impl Trail {
    pub(in crate::http) fn new<P>(steps: &Steps<'_, P>) -> Self {
        Self::within(steps.limits.max_pages, Repeats::new(steps.counts, steps.limits))
    }

    fn within(max_pages: u32, repeats: Repeats) -> Self {
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

    /// Whether another page than the first was asked for.
    pub(in crate::http) fn is_past_first(&self) -> bool {
        self.page > 1
    }

    /// Takes note of how many records a page had that names a next one. APIs that filter may send many pages without any, so
    /// these are no error before there are too many pages in all; but whoever looks at a read that takes hours must see why.
    pub(in crate::http) fn counted(&mut self, records: u64) {
        self.empty = if records == 0 { self.empty + 1 } else { 0 };
        if matches!(self.empty, 100 | 1_000 | 10_000) {
            log::warn!(
                "the last {} pages had no records, and each named a next page; reading ends after {} pages",
                self.empty,
                self.max_pages
            );
        }
    }

    /// How closely the elements of the next page are to be looked at.
    pub(in crate::http) fn watch(&self) -> Option<Watch> {
        self.repeats.watch()
    }

    /// Takes note of a page that names a next one; an error if it repeats its predecessors.
    pub(in crate::http) fn elements_arrived(&mut self, seen: &Fingerprint) -> Result<()> {
        self.repeats.elements_arrived(self.page, seen)
    }

    /// Takes note of a page that was read as a whole; an error if it is its predecessor.
    pub(super) fn body_arrived(&mut self, body: &[u8]) -> Result<()> {
        self.repeats.body_arrived(self.page, body)
    }

    /// The request for the page that the one before has named; `None` if it has named none. Takes the request for that
    /// one.
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
                // From a path that depends on the page before, the same link would lead deeper and deeper.
                relative = reference::depends_on_path(&url).then(|| self.hasher.hash_one(("link", &url)));
                let fragment = url::fragment_of(&url).to_owned();
                let url = reference::resolve_at_origin(&request.url, &url)
                    .ok_or_else(|| Error::system("the next-page link is not a valid URL"))?;
                request.set_url(url, fragment);
            }
            Step::Unclear => {
                return Err(Error::system(
                    "the response has a `Link` header that names a next page in a form that is not understood; expected \
                     `<URL>; rel=\"next\"`. Find the next page in the body instead",
                ));
            }
            Step::Query(name, value) => request.set_query(name, value),
            Step::BodyField(path, value) => {
                let value = value.map_err(|error| {
                    Error::system(format!("the next page's `{path}` cannot be written as JSON"))
                        .with_internal(error)
                })?;
                request.body = Some(body_field::put(request.body.as_deref(), &path, value)?);
            }
        }
        self.page += 1;
        if self.page > self.max_pages {
            return Err(Error::system(format!(
                "there are more than {} pages; see `max_pages`",
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

/// What a request is known by: one that says the same in its URL and body is the same.
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
        Trail::within(max_pages, Repeats::new(false, limits))
    }

    /// The next URL, after a link of `http://127.0.0.1:80/v2/a?limit=2`.
    fn follow(next: &str) -> Result<Option<String>> {
        let request = Http::new("test", "0", Vec::new(), None).get("http://127.0.0.1:80/v2/a?limit=2");
        let next = trail(9).follow(request, NextPage::url(next))?;
        Ok(next.map(|request| request.url))
    }

    #[test]
    fn the_next_page_is_asked_for_at_home() {
        for (next, asked) in [
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
            let expected = format!("http://127.0.0.1:80{asked}");
            assert_eq!(follow(next).unwrap().as_deref(), Some(&*expected), "{next}");
        }
        for next in ["http://", "http:///x", "ftp://127.0.0.1/x", "mailto:a@b.example"] {
            assert!(follow(next).is_err(), "{next}");
        }
        assert_eq!(follow(" ").unwrap(), None);
    }

    /// Walks along these steps; the error, and how many requests were sent before it.
    fn walk(steps: impl Iterator<Item = NextPage>, most: u32) -> (u32, Option<String>) {
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
        unreachable!("a walk without end")
    }

    #[test]
    fn a_circle_is_found_before_it_is_walked_twice() {
        let url = |page: u32| NextPage::url(format!("/{page}"));
        for (tail, length) in [(0, 1), (1, 1), (0, 3), (3, 3), (10, 7)] {
            let steps =
                (1..).map(|step| if step < tail { step } else { tail + (step - tail) % length }).map(url);
            let (sent, error) = walk(steps, u32::MAX);
            assert_eq!(sent, tail + length, "{tail}, {length}");
            assert!(error.unwrap().ends_with(&format!("page {sent} links back to page {}", tail + 1)));
        }
        let token = |step: u32| NextPage::query("token", ["x", "y"][step as usize % 2]);
        assert_eq!(walk((0..).map(token), u32::MAX).0, 3);
        let token = |step: u32| NextPage::body_field("a.token", ["x", "y"][step as usize % 2]);
        assert_eq!(walk((0..).map(token), u32::MAX).0, 3);
        // One that begins where nobody remembers any more.
        let late = (1..).map(|step| if step < 9_000 { step } else { 9_000 + step % 5 }).map(url);
        assert!(walk(late, u32::MAX).0 < 20_000);
    }

    #[test]
    fn a_relative_link_that_comes_again_is_a_circle() {
        for links in [&["x/y"][..], &["./x/", "y/z?a"], &["not a url"]] {
            let steps = links.iter().cycle().map(|link| NextPage::url(*link));
            let (sent, error) = walk(steps, 100);
            assert!(error.unwrap().contains("loop"));
            assert!(sent <= 3, "{sent}");
        }
        // From one folder to the next is no circle.
        let steps = (1..9).map(|page| NextPage::url(format!("../{page}/"))).chain([NextPage::url("")]);
        assert_eq!(walk(steps, u32::MAX), (9, None));
    }

    #[test]
    fn a_long_walk_ends_where_it_should() {
        let url = |page: u32| NextPage::url(if page < 10_000 { format!("/{page}") } else { String::new() });
        assert_eq!(walk((1..).map(url), u32::MAX), (10_000, None));
        assert_eq!(
            walk((1..).map(url), 7),
            (7, Some("there are more than 7 pages; see `max_pages`".to_owned()))
        );
        for end in [Value::Null, "".into()] {
            let token =
                |page: u32| NextPage::body_field("at", if page < 9 { page.into() } else { end.clone() });
            assert_eq!(walk((1..).map(token), u32::MAX), (9, None));
        }
    }
}
