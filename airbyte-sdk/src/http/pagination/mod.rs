//! Pagination: how an API splits its results into pages, and how to read them.
//!
//! A [`Pagination`] finds the request for the next page:
//!
//! | The next page is | constructor |
//! | --- | --- |
//! | a URL in the body | [`Pagination::next_url`] |
//! | a URL in the `Link` header | [`Pagination::link_header`] |
//! | a token in the body, sent in the query | [`Pagination::token`] |
//! | a token in the body, sent in the body (POST, GraphQL) | [`Pagination::token_in_body`] |
//! | a token in a header, sent in the query | [`Pagination::header_token`] |
//! | the next page number | [`Pagination::page_number`] |
//! | after the records so far | [`Pagination::offset`] |
//! | something else | [`Pagination::next_page`] |
//!
//! Each can be used in two ways: [`Elements::paginate`](super::Elements::paginate) reads the elements of one array
//! over all pages, each as soon as it arrives, and [`Request::pages`](super::Request::pages) reads each page into a
//! type. Options are [`max_pages`](Pagination::max_pages), [`allow_repeated_pages`](Pagination::allow_repeated_pages)
//! and, for page numbers and offsets, [`page_size`](Pagination::page_size).
//!
//! The next page is always requested at the origin (scheme, host and port) of the first, with the same headers and
//! credentials, so these never go to a host that a response has chosen.
//!
//! A pagination that does not end is an error: if a page links back to an earlier one, if pages repeat their
//! predecessor, or if there are more than `max_pages`. A pagination by token or URL does not end at a page without
//! records; after 100 such pages in a row, a warning is logged.

mod body_field;
mod kinds;
mod next_page;
mod page_size;
mod pages;
mod reference;
mod repeats;
mod strategies;
mod trail;

#[cfg(fuzzing)]
pub(super) use self::reference::resolve_at_origin;

pub use self::kinds::{ByBody, ByCount, ByCountOf, ByHeader};
pub use self::next_page::{Found, NextPage};
pub use self::pages::Pages;

pub(super) use self::kinds::{Envelope, PageInfo, Steps};
pub(super) use self::repeats::{Fingerprint, Watch};
pub(super) use self::trail::Trail;

use crate::error::Error;
use crate::http::FromResponse;

/// How the next page is requested. See the [module](self) for the kinds.
///
/// The type parameter is the kind of pagination. You never write it: each constructor chooses it.
#[must_use = "pass it to `Elements::paginate` or to `Request::pages`"]
pub struct Pagination<By> {
    by: By,
    limits: Limits,
}

/// When a pagination is an error.
#[derive(Clone, Copy)]
struct Limits {
    max_pages: u32,
    allow_repeated_pages: bool,
}

impl<By> Pagination<By> {
    fn new(by: By) -> Self {
        Self { by, limits: Limits { max_pages: 100_000, allow_repeated_pages: false } }
    }

    /// Sets the maximum number of pages; one more is an error. The default is 100 000.
    #[doc(alias("limit", "maximum"))]
    pub fn max_pages(mut self, pages: u32) -> Self {
        self.limits.max_pages = pages;
        self
    }

    /// Accepts pages that repeat their predecessor.
    ///
    /// By default these are an error, because an API that ignores a parameter returns the first page forever. With
    /// [`page_number`](Pagination::page_number) and [`offset`](Pagination::offset), a page whose bytes equal those of
    /// its predecessor is an error. With any pagination of streamed elements, several pages in a row with equal
    /// elements are an error.
    ///
    /// Call this if pages may be equal, for example because records have no key. The pagination then ends at
    /// [`max_pages`](Self::max_pages) at the latest.
    #[doc(alias("duplicate", "infinite loop"))]
    pub fn allow_repeated_pages(mut self) -> Self {
        self.limits.allow_repeated_pages = true;
        self
    }
}

/// A pagination for pages that are read into the type `P`. See [`Request::pages`](super::Request::pages).
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say how to find the page after a `{P}`",
    label = "not a pagination for pages of this type",
    note = "for page numbers and offsets, say how many records a page has: \
            `Pagination::page_number(…).records(|page: &{P}| page.items.len())`",
    note = "a closure that finds the next page takes a reference to the page: `|page: &{P}| …`"
)]
pub trait PaginatePages<'a, P>: sealed::Sealed {
    #[doc(hidden)]
    fn steps(self) -> Steps<'a, P>;
}

/// A pagination for the elements of an array. See [`Elements::paginate`](super::Elements::paginate).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a pagination for elements",
    label = "not a pagination for elements",
    note = "elements are counted by the SDK: remove `.records(…)`",
    note = "a closure that finds the next page takes a reference to a type that implements `Deserialize`"
)]
pub trait PaginateElements<'a>: sealed::Sealed {
    #[doc(hidden)]
    fn steps_over<S: Envelope>(self) -> Steps<'a, S>;
}

mod sealed {
    pub trait Sealed {}
    impl<By> Sealed for super::Pagination<By> {}
}

#[diagnostic::do_not_recommend]
impl<P> PaginatePages<'static, P> for Pagination<ByHeader> {
    fn steps(self) -> Steps<'static, P> {
        self.by.steps(self.limits)
    }
}

#[diagnostic::do_not_recommend]
impl<'a, P: FromResponse + 'a> PaginatePages<'a, P> for Pagination<ByBody<'a, P>> {
    fn steps(self) -> Steps<'a, P> {
        self.by.steps(self.limits)
    }
}

#[diagnostic::do_not_recommend]
impl<'a, P: 'a> PaginatePages<'a, P> for Pagination<ByCountOf<'a, P>> {
    fn steps(self) -> Steps<'a, P> {
        self.by.steps(self.limits)
    }
}

#[diagnostic::do_not_recommend]
impl PaginateElements<'static> for Pagination<ByHeader> {
    fn steps_over<S: Envelope>(self) -> Steps<'static, S> {
        self.by.steps(self.limits)
    }
}

#[diagnostic::do_not_recommend]
impl<'a, E: FromResponse + 'a> PaginateElements<'a> for Pagination<ByBody<'a, E>> {
    fn steps_over<S: Envelope>(self) -> Steps<'a, S> {
        self.by.steps_over(self.limits)
    }
}

#[diagnostic::do_not_recommend]
impl PaginateElements<'static> for Pagination<ByCount> {
    fn steps_over<S: Envelope>(self) -> Steps<'static, S> {
        self.by.steps(self.limits, |_, seen| seen)
    }
}

/// Returns the error after a panic that the fetch function caught.
pub(super) fn interrupted() -> Error {
    Error::system("a page was lost in a panic that the connector caught; the connector must not catch panics")
}
