//! Page after page, at one origin, without walking in circles.

mod field;
mod link;
mod next;
mod rule;
mod trail;

pub use self::next::NextPage;

pub(super) use self::rule::{Counted, Rule};
pub(super) use self::trail::Trail;

use super::request::Request;
use super::response::Response;
use crate::error::{Error, Result};
use crate::hold::{self, Holder};
use serde::de::DeserializeOwned;
use std::hash::{BuildHasher, RandomState};

/// The pages of an answer, read one at a time. See [`Request::pages`].
///
/// However the next page is found, it is asked for at the origin (scheme, host and port) of the first, with the same
/// headers and sign-in: a key never goes to a host that an answer has chosen. A page that leads back to an earlier
/// one, or that is the one before once more, is an error, and so is the page after the
/// [`max_pages`](Self::max_pages)th: a service that does not come to an end is not read for ever. Pages without records are
/// read on; where the SDK counts them, it logs a warning after 100 in a row.
#[must_use = "nothing is sent until the first page is asked for"]
pub struct Pages<'a, P> {
    /// `None` when there are no more. A next page that cannot be asked for is an error only when its turn comes:
    /// the page that names it is whole.
    request: Option<Result<Request>>,
    next: Box<FindNext<'a, P>>,
    trail: Trail,
    /// Where a page must not be the one before once more.
    watch: Option<RandomState>,
    hold: Option<Holder>,
    /// Set while a page is read: if a panic leaves that, the page is lost.
    reading: bool,
    /// Holds the body of a page; memory stays that of the largest page, however many there are.
    body: Vec<u8>,
}

type FindNext<'a, P> = dyn FnMut(&P, &Response) -> Option<NextPage> + 'a;

impl<'a, P> Pages<'a, P> {
    fn new(request: Request, next: impl FnMut(&P, &Response) -> Option<NextPage> + 'a) -> Self {
        Self {
            trail: Trail::new(&request),
            hold: request.hold().cloned(),
            reading: false,
            request: Some(Ok(request)),
            next: Box::new(next),
            watch: None,
            body: Vec::new(),
        }
    }

    fn by_rule(request: Request, mut rule: Rule, mut count: impl FnMut(&P) -> usize + 'a) -> Self {
        let request = rule.begin(request);
        let watch = rule.must_change().then(RandomState::new);
        let next = move |page: &P, response: &Response| {
            let said = rule.header().and_then(|name| response.whole_header(name));
            rule.next(said, count(page) as u64)
        };
        Self { watch, ..Self::new(request, next) }
    }

    /// How many pages there may be, 100 000 if not set; the page after that is an error.
    pub fn max_pages(mut self, pages: u32) -> Self {
        self.trail.set_most(pages);
        self
    }

    /// Accepts a page that is equal to its predecessor.
    ///
    /// Otherwise it is an error where pages are counted ([`Request::numbered_pages`], [`Request::offset_pages`]): an
    /// API that ignores the parameter returns the first page for ever. Call this if equal pages are legitimate, as
    /// where records have no key. An API that ignores the parameter is then read until [`max_pages`](Self::max_pages).
    pub fn allow_repeated_pages(mut self) -> Self {
        self.watch = None;
        self
    }
}

/// For a fetch function that catches a panic and goes on.
pub(super) fn interrupted() -> Error {
    Error::system("a page was lost in a panic that the connector caught")
}

impl<P: DeserializeOwned> Iterator for Pages<'_, P> {
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

impl<P: DeserializeOwned> Pages<'_, P> {
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
        let page = response.parse(&self.body)?;
        if let Some(watch) = &self.watch {
            self.trail.arrived(watch.hash_one(&self.body))?;
        }
        if let Some(next) = (self.next)(&page, &response) {
            self.request = self.trail.follow(request, next).transpose();
        }
        Ok(page)
    }
}

impl Request {
    /// Reads page after page. `next` says how the next page is asked for, as the page at hand tells it: by a URL, or by a
    /// parameter or a field of the body in place of the one before ([`NextPage`]). `None` ends it, and so does an empty text.
    ///
    /// ```no_run
    /// # use airbyte_sdk::{Deserialize, Http, Result, http::NextPage};
    /// #[derive(Deserialize)]
    /// struct Page {
    ///     names: Vec<String>,
    ///     next_url: Option<String>,
    /// }
    ///
    /// #[derive(Deserialize)]
    /// struct Other {
    ///     names: Vec<String>,
    ///     token: Option<String>,
    /// }
    ///
    /// # fn example(http: &Http) -> Result<()> {
    /// for page in http.get("https://shop.example/a").pages(|page: &Page| page.next_url.clone()) {
    ///     let names = page?.names;
    ///     # drop(names);
    /// }
    /// let next = |page: &Other| page.token.as_ref().map(|token| NextPage::query("page_token", token));
    /// for page in http.get("https://shop.example/b").pages(next) {
    ///     let names = page?.names;
    ///     # drop(names);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn pages<'a, P, N>(self, mut next: impl FnMut(&P) -> Option<N> + 'a) -> Pages<'a, P>
    where
        P: DeserializeOwned,
        N: Into<NextPage>,
    {
        Pages::new(self, move |page, _| next(page).map(Into::into))
    }

    /// Reads page after page of a service that names the next one in a `Link` header, as `rel="next"`.
    ///
    /// ```no_run
    /// # use airbyte_sdk::{Deserialize, Http, Result};
    /// # #[derive(Deserialize)] struct Issue { title: String }
    /// # fn example(http: &Http) -> Result<()> {
    /// for page in http.get("https://code.example/issues").linked_pages::<Vec<Issue>>() {
    ///     for Issue { title } in page? {
    ///         println!("{title}");
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn linked_pages<P: DeserializeOwned>(self) -> Pages<'static, P> {
        Pages::by_rule(self, Rule::Link, |_| 0)
    }

    /// Reads page after page of a service that puts the next page's token into this header of an answer, and wants it
    /// in this parameter of the next request.
    ///
    /// ```no_run
    /// # use airbyte_sdk::{Deserialize, Http, Result};
    /// # #[derive(Deserialize)] struct Visit { id: u64 }
    /// # fn example(http: &Http) -> Result<()> {
    /// for page in http.get("https://shop.example/visits").pages_by_header::<Vec<Visit>>("X-Next", "after") {
    ///     for Visit { id } in page? {
    ///         println!("{id}");
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn pages_by_header<P: DeserializeOwned>(
        self,
        header: &'static str,
        parameter: &'static str,
    ) -> Pages<'static, P> {
        Pages::by_rule(self, Rule::Header { name: header, parameter }, |_| 0)
    }

    /// Reads page after page by their numbers, in this parameter, from `first` on; `count` says how many records there
    /// are in a page. One without any is the end. A service that does not know the parameter and sends the first page
    /// again and again is noticed, unless it puts something else into each answer, such as the time: then look at that.
    ///
    /// ```no_run
    /// # use airbyte_sdk::{Deserialize, Http, Result};
    /// # #[derive(Deserialize)] struct Visit { id: u64 }
    /// # fn example(http: &Http) -> Result<()> {
    /// let request = http.get("https://shop.example/visits").query("per_page", 100);
    /// for page in request.numbered_pages("page", 1, |page: &Vec<Visit>| page.len()) {
    ///     for Visit { id } in page? {
    ///         println!("{id}");
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn numbered_pages<'a, P: DeserializeOwned>(
        self,
        parameter: &'static str,
        first: u64,
        count: impl FnMut(&P) -> usize + 'a,
    ) -> Pages<'a, P> {
        Pages::by_rule(self, Rule::Counted { parameter, at: first, what: Counted::Pages }, count)
    }

    /// Reads page after page by the number of records before it, in this parameter; `count` says how many there are in
    /// a page. One without any is the end.
    ///
    /// ```no_run
    /// # use airbyte_sdk::{Deserialize, Http, Result};
    /// # #[derive(Deserialize)] struct Visit { id: u64 }
    /// # fn example(http: &Http) -> Result<()> {
    /// let request = http.get("https://shop.example/visits").query("limit", 100);
    /// for page in request.offset_pages("offset", |page: &Vec<Visit>| page.len()) {
    ///     for Visit { id } in page? {
    ///         println!("{id}");
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn offset_pages<'a, P: DeserializeOwned>(
        self,
        parameter: &'static str,
        count: impl FnMut(&P) -> usize + 'a,
    ) -> Pages<'a, P> {
        Pages::by_rule(self, Rule::Counted { parameter, at: 0, what: Counted::Records }, count)
    }
}
