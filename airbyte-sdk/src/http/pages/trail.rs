//! The way from page to page: where it may lead, and that it comes to an end.

use super::field;
use super::next::{NextPage, Step};
use crate::error::{Error, Result};
use crate::http::Request;
use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use ureq::http::Uri;

const MOST_PAGES: u32 = 100_000;

/// Of so many pages it is remembered that they were there. A circle that begins later is found a little later.
const REMEMBERED: usize = 4096;

/// The way from page to page, whatever is made of them.
pub(in crate::http) struct Trail {
    hasher: RandomState,
    /// The number of each request that was sent, by its hash.
    seen: HashMap<u64, u32>,
    /// Finds later circles with the memory of one request: that of page 1, 2, 4, 8, … is kept until the next of them
    /// (Brent).
    kept: (u64, u32),
    page: u32,
    most: u32,
    /// The hash of the page before, where it must not come again.
    before: Option<u64>,
}

impl Trail {
    pub(in crate::http) fn new(request: &Request) -> Self {
        let hasher = RandomState::new();
        let first = hash(&hasher, request);
        Self {
            hasher,
            seen: HashMap::from([(first, 1)]),
            kept: (first, 1),
            page: 1,
            most: MOST_PAGES,
            before: None,
        }
    }

    pub(in crate::http) fn set_most(&mut self, pages: u32) {
        self.most = pages;
    }

    /// Takes note of a page, by a hash of it; an error if it is the one before.
    pub(in crate::http) fn arrived(&mut self, hash: u64) -> Result<()> {
        if self.before.replace(hash) == Some(hash) {
            return Err(Error::system(format!(
                "page {} of the answer is page {} once more: the service does not go on. If equal pages are legitimate, \
                 call `allow_repeated_pages`",
                self.page,
                self.page - 1
            )));
        }
        Ok(())
    }

    /// The request for the page that the one before has named; `None` if it has named none.
    pub(in crate::http) fn follow(
        &mut self,
        mut request: Request,
        next: NextPage,
    ) -> Result<Option<Request>> {
        if next.is_empty() {
            return Ok(None);
        }
        match next.0 {
            Step::Url(url) => {
                let url = at_origin_of(&request.url, &url)?;
                request.set_url(url);
            }
            Step::Query(name, value) => request.set_query(name, value),
            Step::BodyField(path, value) => {
                let value = value.map_err(|error| {
                    Error::system(format!("the next page's `{path}` cannot be written as JSON"))
                        .with_internal(error)
                })?;
                request.body = Some(field::put(request.body.as_deref(), &path, value)?);
            }
        }
        self.page += 1;
        if self.page > self.most {
            return Err(Error::system(format!("the answer has more than {} pages", self.most)));
        }
        let hash = hash(&self.hasher, &request);
        let earlier = self.seen.get(&hash).copied().or((self.kept.0 == hash).then_some(self.kept.1));
        if let Some(earlier) = earlier {
            return Err(Error::system(format!(
                "the pages of the answer go round in a circle: page {} names page {earlier} as the next",
                self.page - 1
            )));
        }
        if self.seen.len() < REMEMBERED {
            self.seen.insert(hash, self.page);
        }
        if self.page.is_power_of_two() {
            self.kept = (hash, self.page);
        }
        Ok(Some(request))
    }
}

/// What a request is known by: one that says the same in its URL and body is the same.
fn hash(hasher: &RandomState, request: &Request) -> u64 {
    hasher.hash_one((request.url_with_query(), &request.body))
}

/// Path and query of `next`, at the origin of `base`.
fn at_origin_of(base: &str, next: &str) -> Result<String> {
    let invalid = || Error::system("the answer names a next page that is no URL");
    let base: Uri = base.parse().map_err(|_| invalid())?;
    // A `Link` header may name the query alone.
    let next = if next.starts_with('?') { format!("{}{next}", base.path()) } else { next.to_owned() };
    let next: Uri = next.parse().map_err(|_| invalid())?;
    match (base.scheme_str(), base.authority(), next.path_and_query()) {
        (Some(scheme), Some(authority), Some(rest)) if rest.as_str().starts_with('/') => {
            Ok(format!("{scheme}://{authority}{rest}"))
        }
        _ => Err(invalid()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::Http;
    use serde_json::Value;

    #[test]
    fn the_next_page_is_asked_for_at_home() {
        let base = "http://127.0.0.1:80/v2/a?limit=2";
        for (next, asked) in [
            ("https://api.massive.com/v2/a?cursor=x", "http://127.0.0.1:80/v2/a?cursor=x"),
            ("/v2/a?cursor=x", "http://127.0.0.1:80/v2/a?cursor=x"),
            ("?page=2", "http://127.0.0.1:80/v2/a?page=2"),
            ("https://evil@host:1/steal", "http://127.0.0.1:80/steal"),
        ] {
            assert_eq!(at_origin_of(base, next).unwrap(), asked);
        }
        for next in ["not a url", "relative/path", "http://"] {
            assert!(at_origin_of(base, next).is_err(), "{next}");
        }
    }

    /// Walks along these steps; the error, and how many requests were sent before it.
    fn walk(steps: impl Iterator<Item = NextPage>, most: u32) -> (u32, Option<String>) {
        let mut request = Http::new("test", "0", Vec::new(), None).post("http://a.example/0");
        request.body = Some(b"{}".to_vec());
        let mut trail = Trail::new(&request);
        trail.set_most(most);
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
        let url = |page: u32| NextPage::from(format!("/{page}"));
        for (tail, length) in [(0, 1), (1, 1), (0, 3), (3, 3), (10, 7)] {
            let steps =
                (1..).map(|step| if step < tail { step } else { tail + (step - tail) % length }).map(url);
            let (sent, error) = walk(steps, u32::MAX);
            assert_eq!(sent, tail + length, "{tail}, {length}");
            assert!(error.unwrap().ends_with(&format!("page {sent} names page {} as the next", tail + 1)));
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
    fn a_long_walk_ends_where_it_should() {
        let url = |page: u32| NextPage::from(if page < 10_000 { format!("/{page}") } else { String::new() });
        assert_eq!(walk((1..).map(url), u32::MAX), (10_000, None));
        assert_eq!(walk((1..).map(url), 7), (7, Some("the answer has more than 7 pages".to_owned())));
        for end in [Value::Null, "".into()] {
            let token =
                |page: u32| NextPage::body_field("at", if page < 9 { page.into() } else { end.clone() });
            assert_eq!(walk((1..).map(token), u32::MAX), (9, None));
        }
    }

    #[test]
    fn a_page_that_comes_twice_is_no_progress() {
        let request = Http::new("test", "0", Vec::new(), None).get("http://a.example/0");
        let mut trail = Trail::new(&request);
        for hash in [1, 2, 1] {
            trail.arrived(hash).unwrap();
        }
        assert!(trail.arrived(1).unwrap_err().message().contains("once more"));
    }
}
