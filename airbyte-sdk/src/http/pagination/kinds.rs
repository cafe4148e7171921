//! The kinds of pagination: by a header, by a count, or by the body.
//!
//! Each is converted to [`Steps`], which [`Pages`](super::Pages) and [`ElementPages`](crate::http::ElementPages) run
//! without knowing the kind.

use super::page_size::PageSize;
use super::{Limits, NextPage, Pagination};
use crate::error::Result;
use crate::http::Request;
use serde::de::DeserializeOwned;
use std::sync::Arc;

/// A pagination of any kind, for pages that are read as a `P`.
pub struct Steps<'a, P> {
    /// Query parameters of the first request.
    parameters: Vec<(String, String)>,
    /// The response header that is needed to find the next page.
    pub(in crate::http) header: Option<Arc<str>>,
    /// Whether the end of a page can show that it is incomplete.
    pub(in crate::http) verifies_end: bool,
    /// Whether a page whose bytes equal those of its predecessor is an error.
    pub(super) counts: bool,
    pub(super) limits: Limits,
    pub(in crate::http) next: Box<Next<'a, P>>,
}

impl<P> Steps<'_, P> {
    /// Returns the request for the first page.
    pub(in crate::http) fn first(&self, mut request: Request) -> Request {
        for (name, value) in &self.parameters {
            request.set_query(name.clone(), value.clone());
        }
        request
    }
}

type Next<'a, P> = dyn FnMut(&mut P, PageInfo) -> Result<Option<NextPage>> + 'a;

/// What is known about a page apart from its body.
pub(in crate::http) struct PageInfo {
    /// The value of the header that finds the next page.
    pub(in crate::http) header: Option<String>,
    /// How many elements were read; 0 for a page that is read into a type.
    pub(in crate::http) records: u64,
}

/// A page whose elements were read.
pub trait Envelope {
    /// Returns the JSON around the array.
    fn read<E: DeserializeOwned>(&mut self) -> Result<E>;
}

/// The next page is found in a response header.
pub struct ByHeader {
    name: Arc<str>,
    next: Box<dyn FnMut(String) -> Option<NextPage>>,
}

impl Pagination<ByHeader> {
    /// Finds the next page in this header. A response without it is the last page.
    pub(super) fn by_header(name: &str, next: impl FnMut(String) -> Option<NextPage> + 'static) -> Self {
        Self::new(ByHeader { name: name.into(), next: Box::new(next) })
    }
}

impl ByHeader {
    pub(super) fn steps<P>(self, limits: Limits) -> Steps<'static, P> {
        let Self { name, mut next } = self;
        let next = move |_: &mut P, seen: PageInfo| Ok(seen.header.and_then(&mut next));
        Steps {
            parameters: Vec::new(),
            header: Some(name),
            verifies_end: false,
            counts: false,
            limits,
            next: Box::new(next),
        }
    }
}

/// The next page is found in the body, which is read into a `P`.
pub struct ByBody<'a, P>(Box<FindInBody<'a, P>>);

type FindInBody<'a, P> = dyn FnMut(&P) -> Result<Option<NextPage>> + 'a;

impl<'a, P> Pagination<ByBody<'a, P>> {
    pub(super) fn by_body(next: impl FnMut(&P) -> Result<Option<NextPage>> + 'a) -> Self {
        Self::new(ByBody(Box::new(next)))
    }
}

impl<'a, P: 'a> ByBody<'a, P> {
    pub(super) fn steps(mut self, limits: Limits) -> Steps<'a, P> {
        Steps {
            parameters: Vec::new(),
            header: None,
            verifies_end: true,
            counts: false,
            limits,
            next: Box::new(move |page, _| (self.0)(page)),
        }
    }

    pub(super) fn steps_over<S: Envelope>(mut self, limits: Limits) -> Steps<'a, S>
    where
        P: crate::http::FromResponse,
    {
        Steps {
            parameters: Vec::new(),
            header: None,
            verifies_end: true,
            counts: false,
            limits,
            next: Box::new(move |page, _| (self.0)(&page.read()?)),
        }
    }
}

/// The next page is found by counting pages or records.
pub struct ByCount {
    parameter: String,
    at: u64,
    after: fn(at: u64, records: u64) -> u64,
    size: PageSize,
}

impl Pagination<ByCount> {
    /// Finds the next page by a number in this query parameter. `after` computes it from the previous number and the
    /// number of records on the page.
    pub(super) fn by_count(parameter: &str, first: u64, after: fn(u64, u64) -> u64) -> Self {
        Self::new(ByCount { parameter: parameter.to_owned(), at: first, after, size: PageSize::default() })
    }

    /// Requests pages of this many records with this query parameter, and ends at a page that is shorter than the
    /// first one.
    ///
    /// Without this, only a page without records is the last, which costs one more request.
    ///
    /// Many APIs silently return fewer records than requested (20, 50 or 100), so a first page with fewer than
    /// `records` may not be the last. The second page is therefore always requested, unless the first is empty. For
    /// APIs that are known to accept the size, see [`trusted_page_size`](Self::trusted_page_size).
    ///
    /// Do not call this if the API filters records after it has split them into pages, for example deleted ones:
    /// there, a short page need not be the last one, and records would be lost. Put the size into the
    /// [query](crate::http::Request::query) instead.
    /// ```no_run
    /// # use airbyte_sdk::{Deserialize, Http, Result, http::Pagination};
    /// # #[derive(Deserialize)] struct Visit { id: u64 }
    /// # fn example(http: &Http) -> Result<()> {
    /// let visits = http.get("https://shop.example/visits").elements::<Visit>("visits");
    /// for visit in visits.paginate(Pagination::page_number("page", 1).page_size("per_page", 100)) {
    ///     println!("{}", visit?.id);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias("limit", "per_page", "short page", "last page"))]
    pub fn page_size(mut self, parameter: &str, records: u32) -> Self {
        self.by.size = PageSize::any(parameter, records.into());
        self
    }

    /// Requests pages of this many records with this query parameter, and ends at a page that is shorter.
    ///
    /// Saves the second request if there is only one page, as for many partitions or children of a stream. Call it
    /// only if the API is documented to accept the size: if it returns fewer records per page, all records after the
    /// first page are lost. As a safeguard, one more request is sent after a first page with a number of records to
    /// which APIs are known to reduce the size (a multiple of 4, 5 or 6; 99, 999, …). Otherwise this is like
    /// [`page_size`](Self::page_size).
    #[doc(alias("limit", "per_page", "short page", "last page"))]
    pub fn trusted_page_size(mut self, parameter: &str, records: u32) -> Self {
        self.by.size = PageSize::trusted(parameter, records.into());
        self
    }

    /// Sets how to count the records of a page that is read into a type. Elements are counted by the SDK.
    ///
    /// ```no_run
    /// # use airbyte_sdk::{Deserialize, Http, Result, http::Pagination};
    /// # #[derive(Deserialize)] struct Visit { id: u64 }
    /// # fn example(http: &Http) -> Result<()> {
    /// let pages = Pagination::page_number("page", 1).page_size("per_page", 100);
    /// let visits = http.get("https://shop.example/visits");
    /// for page in visits.pages(pages.records(|page: &Vec<Visit>| page.len())) {
    ///     for visit in page? {
    ///         println!("{}", visit.id);
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn records<'a, P>(self, count: impl FnMut(&P) -> usize + 'a) -> Pagination<ByCountOf<'a, P>> {
        Pagination { by: ByCountOf { by: self.by, count: Box::new(count) }, limits: self.limits }
    }
}

impl ByCount {
    pub(super) fn steps<'a, P>(
        self,
        limits: Limits,
        mut seen: impl FnMut(&mut P, PageInfo) -> PageInfo + 'a,
    ) -> Steps<'a, P> {
        let Self { parameter, mut at, after, mut size } = self;
        let size_parameter = size.parameter.take();
        let parameters = size_parameter.into_iter().chain([(parameter.clone(), at.to_string())]).collect();
        let next = move |page: &mut P, at_hand: PageInfo| {
            let records = seen(page, at_hand).records;
            at = after(at, records);
            Ok((!size.is_last(records)).then(|| NextPage::query(&parameter, at)))
        };
        Steps { parameters, header: None, verifies_end: false, counts: true, limits, next: Box::new(next) }
    }
}

/// A pagination by count, with a closure that counts the records of a page.
pub struct ByCountOf<'a, P> {
    by: ByCount,
    count: Box<dyn FnMut(&P) -> usize + 'a>,
}

impl<'a, P: 'a> ByCountOf<'a, P> {
    pub(super) fn steps(self, limits: Limits) -> Steps<'a, P> {
        let Self { by, mut count } = self;
        by.steps(limits, move |page, seen| PageInfo { records: count(page) as u64, ..seen })
    }
}
