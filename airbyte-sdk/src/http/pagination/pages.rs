//! Pages that are read as a whole, each into a type.

use super::{NextPage, PaginatePages, Seen, Steps, Trail, interrupted};
use crate::error::{Error, Result};
use crate::hold::{self, Holder};
use crate::http::FromResponse;
use crate::http::request::Request;
use crate::http::response::Response;

/// The pages of a result, read one at a time. See [`Request::pages`].
#[must_use = "nothing is sent until the first page is asked for"]
pub struct Pages<'a, P> {
    /// `None` when there are no more. A next page that cannot be requested is an error only when its turn comes:
    /// the page that names it is whole.
    request: Option<Result<Request>>,
    steps: Steps<'a, P>,
    trail: Trail,
    hold: Option<Holder>,
    /// Set while a page is read: if a panic leaves that, the page is lost.
    reading: bool,
    /// Holds the body of a page; memory stays that of the largest page, however many there are.
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
    /// A page that is missing behind others is missing whatever becomes of the error.
    #[cold]
    fn failed(&self, error: Error) -> Error {
        let hold = self.hold.as_ref();
        if self.trail.is_past_first() { hold::failed(hold, error) } else { hold::refused(hold, error) }
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
        (self.steps.next)(page, Seen { header, records: 0 })
    }
}

impl Request {
    /// Reads page after page, each into a `P`. The [`Pagination`](super::Pagination) says how the next page is found; the
    /// [module](super) lists the ways. For pages of any size, or if only one array matters, see
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
    /// The iterator's: those of [`json`](Self::json); those of the closure that finds the next page, in place of the page;
    /// a system error if the pagination does not end. The first error ends it.
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
