//! Page after page, at one origin, without walking in circles.

use super::request::Request;
use crate::error::{Error, Result};
use serde::de::DeserializeOwned;
use std::hash::{BuildHasher, RandomState};
use std::marker::PhantomData;
use ureq::http::Uri;

/// The pages of an answer, read one at a time. See [`Request::pages`].
pub struct Pages<P, F> {
    /// `None` when there are no more. A next page that cannot be asked for is an error only when its turn comes:
    /// the page that names it is whole.
    request: Option<Result<Request>>,
    next: F,
    trail: Trail,
    /// Holds the body of a page; memory stays that of the largest page, however many there are.
    body: Vec<u8>,
    pages: PhantomData<fn() -> P>,
}

impl<P, F> Pages<P, F> {
    pub(super) fn new(request: Request, next: F) -> Self {
        Self {
            trail: Trail::new(&request),
            request: Some(Ok(request)),
            next,
            body: Vec::new(),
            pages: PhantomData,
        }
    }
}

impl<P, F> Iterator for Pages<P, F>
where
    P: DeserializeOwned,
    F: FnMut(&P) -> Option<String>,
{
    type Item = Result<P>;

    fn next(&mut self) -> Option<Result<P>> {
        let request = match self.request.take()? {
            Ok(request) => request,
            Err(error) => return Some(Err(error)),
        };
        let page = request.json_with(&mut self.body);
        if let Some(url) = page.as_ref().ok().and_then(&mut self.next).filter(|url| !url.is_empty()) {
            self.request = Some(self.trail.follow(request, &url));
        }
        Some(page)
    }
}

/// The way from page to page, whatever is made of them.
pub(super) struct Trail(Circle);

impl Trail {
    pub(super) fn new(request: &Request) -> Self {
        Self(Circle::new(&request.url))
    }

    /// The request for the page that the one before has named.
    pub(super) fn follow(&mut self, mut request: Request, url: &str) -> Result<Request> {
        request.set_url(at_origin_of(&request.url, url)?);
        if self.0.closes(&request.url) {
            return Err(Error::system(
                "the pages of the answer go round in a circle: one names an earlier one as the next",
            ));
        }
        Ok(request)
    }
}

/// Path and query of `next`, at the origin of `base`.
fn at_origin_of(base: &str, next: &str) -> Result<String> {
    let invalid = || Error::system("the answer names a next page that is no URL");
    let base: Uri = base.parse().map_err(|_| invalid())?;
    let next: Uri = next.parse().map_err(|_| invalid())?;
    match (base.scheme_str(), base.authority(), next.path_and_query()) {
        (Some(scheme), Some(authority), Some(rest)) if rest.as_str().starts_with('/') => {
            Ok(format!("{scheme}://{authority}{rest}"))
        }
        _ => Err(invalid()),
    }
}

/// Finds a circle with the memory of one URL: that of page 1, 2, 4, 8, … is kept until the next of them (Brent).
struct Circle {
    hasher: RandomState,
    kept: u64,
    steps: u64,
    keep_at: u64,
}

impl Circle {
    fn new(url: &str) -> Self {
        let hasher = RandomState::new();
        Self { kept: hasher.hash_one(url), hasher, steps: 0, keep_at: 1 }
    }

    fn closes(&mut self, url: &str) -> bool {
        let hash = self.hasher.hash_one(url);
        if hash == self.kept {
            return true;
        }
        self.steps += 1;
        if self.steps == self.keep_at {
            self.kept = hash;
            self.keep_at *= 2;
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_page_is_asked_for_at_home() {
        let base = "http://127.0.0.1:80/v2/a?limit=2";
        for (next, asked) in [
            ("https://api.massive.com/v2/a?cursor=x", "http://127.0.0.1:80/v2/a?cursor=x"),
            ("/v2/a?cursor=x", "http://127.0.0.1:80/v2/a?cursor=x"),
            ("https://evil@host:1/steal", "http://127.0.0.1:80/steal"),
        ] {
            assert_eq!(at_origin_of(base, next).unwrap(), asked);
        }
        for next in ["not a url", "relative/path", "http://"] {
            assert!(at_origin_of(base, next).is_err(), "{next}");
        }
    }

    #[test]
    fn circles_of_every_length_close_and_a_long_walk_does_not() {
        for (tail, length) in [(0, 1), (1, 1), (3, 3), (10, 7)] {
            let mut circle = Circle::new("0");
            let pages = (1..1000).map(|step| if step < tail { step } else { tail + (step - tail) % length });
            assert!(pages.into_iter().any(|page| circle.closes(&page.to_string())), "{tail}, {length}");
        }
        let mut circle = Circle::new("0");
        assert!(!(1..10_000).any(|page| circle.closes(&page.to_string())));
    }
}
