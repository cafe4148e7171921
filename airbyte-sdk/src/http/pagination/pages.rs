//! [`Pages`]: pages that are read as a whole, each into a type.

use super::{NextPage, PageInfo, PaginatePages, Steps, Trail, interrupted};
use crate::error::{Error, Result};
use crate::hold::{self, Holder};
use crate::http::FromResponse;
use crate::http::request::Request;
use crate::http::response::Response;

/// The pages of a paginated result. See [`Request::pages`].
#[must_use = "nothing is sent until the first page is requested"]
pub struct Pages<'a, P> {
    /// The request for the next page; `None` if there is none. If it cannot be built, the error is returned in place
    /// of the next page, because the page that names it is complete.
    request: Option<Result<Request>>,
    steps: Steps<'a, P>,
    trail: Trail,
    hold: Option<Holder>,
    /// Set while a page is read. If it is set when that begins, a panic has lost the page.
    reading: bool,
    /// The body of a page, in a buffer that is reused.
    body: Vec<u8>,
}

impl<P: FromResponse> Iterator for Pages<'_, P> {
    type Item = Result<P>;

    fn next(&mut self) -> Option<Result<P>> {
        if self.reading {
            self.reading = false;
            return Some(Err(hold::failed(self.hold.as_ref(), interrupted())));
        }
        let request = self.request.take()?;
        self.reading = true;
        let page = request.and_then(|request| self.read(request));
        self.reading = false;
        Some(page.map_err(|error| self.failed(error)))
    }
}

impl<P: FromResponse> Pages<'_, P> {
    /// Holds the stream's state: on a later page than the first, any error means that records are missing.
    #[cold]
    fn failed(&self, error: Error) -> Error {
        let hold = self.hold.as_ref();
        if self.trail.is_past_first() {
            hold::failed(hold, error)
        } else {
            hold::failed_before_data(hold, error)
        }
    }

    fn read(&mut self, request: Request) -> Result<P> {
        let response = request.until_done(|mut response| {
            response.read_whole(&mut self.body)?;
            Ok(response)
        })?;
        let mut page = response.parse(&self.body)?;
        self.trail.body_arrived(&self.body)?;
        if let Some(next) = self.next_after(&mut page, &response)? {
            self.request = self.trail.follow(request, next).transpose();
        }
        Ok(page)
    }

    fn next_after(&mut self, page: &mut P, response: &Response) -> Result<Option<NextPage>> {
        let header = self.steps.header.as_deref().and_then(|name| response.whole_header(name));
        (self.steps.next)(page, PageInfo { header, records: 0 })
    }
}

impl Request {
    /// Reads all pages, each into a `P`. The [`Pagination`](super::Pagination) finds the next page; the
    /// [module](super) lists the kinds. For large pages, or if only one array matters, use
    /// [`Elements::paginate`](crate::http::Elements::paginate).
    ///
    /// ```no_run
    /// # use airbyte_sdk::{Deserialize, Http, Result, http::Pagination};
    /// #[derive(Deserialize)]
    /// struct Page {
    ///     names: Vec<String>,
    ///     next_url: Option<String>,
    /// }
    ///
    /// # #[derive(Deserialize)] struct Issue { title: String }
    /// # fn example(http: &Http) -> Result<()> {
    /// let next = Pagination::next_url(|page: &Page| page.next_url.clone());
    /// for page in http.get("https://shop.example/names").pages(next) {
    ///     println!("{:?}", page?.names);
    /// }
    /// for page in http.get("https://code.example/issues").pages::<Vec<Issue>>(Pagination::link_header()) {
    ///     for issue in page? {
    ///         println!("{}", issue.title);
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// The iterator returns the errors of [`json`](Self::json). An error of the closure that finds the next page is
    /// returned in place of the page. It returns a system error if the pagination does not end. It ends after the
    /// first error.
    #[doc(alias("paginate", "linked_pages", "numbered_pages", "offset_pages", "pages_by_header"))]
    pub fn pages<'a, P: FromResponse>(self, pagination: impl PaginatePages<'a, P>) -> Pages<'a, P> {
        let steps = pagination.steps();
        let request = steps.first(self);
        Pages {
            trail: Trail::new(&steps),
            hold: request.hold().cloned(),
            reading: false,
            request: Some(Ok(request)),
            steps,
            body: Vec::new(),
        }
    }
}
