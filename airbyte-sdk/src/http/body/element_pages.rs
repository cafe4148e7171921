//! [`ElementPages`]: the elements of all pages as one sequence.
//!
//! The next page is requested when the elements of the current one are used up, so an error in requesting it is
//! returned at that point. A page whose end can show that it is incomplete (by its count, or by the closure that finds
//! the next page) is unconfirmed until then: no state covers its records.

use super::Elements;
use crate::error::{Error, Result};
use crate::hold::{self, Holder, Unconfirmed};
use crate::http::FromResponse;
use crate::http::Request;
use crate::http::pagination::{Envelope, PageInfo, PaginateElements, Steps, Trail, interrupted};
use serde::de::DeserializeOwned;

/// The elements of a paginated result. See [`Elements::paginate`].
#[must_use = "nothing is sent until the first element is requested"]
pub struct ElementPages<'a, T> {
    /// The current page, with its request.
    page: Option<(Request, Elements<T>)>,
    /// Why there is no first page, if so.
    start_error: Option<Error>,
    /// Finds the next page when the current one has ended.
    trail: Trail,
    /// Whether the preamble of the current page was checked.
    begun: bool,
    /// Whether an element was returned.
    handed_out: bool,
    /// Set while [`turn`](Self::turn) runs. If it is set when that begins, a panic has lost the page.
    turning: bool,
    /// Whether the end of a page can show that it is incomplete.
    verifies_end: bool,
    /// The current page, while its end is not verified.
    unconfirmed: Option<Unconfirmed>,
    hold: Option<Holder>,
    /// How many elements of the current page were returned.
    count: u64,
    preamble_check: PageCheck<'a, T, ()>,
    announced: PageCheck<'a, T, Option<u64>>,
    steps: Steps<'a, Elements<T>>,
}

/// A function of the author that looks at the JSON around the elements.
type PageCheck<'a, T, R> = Box<dyn FnMut(&mut Elements<T>) -> Result<R> + 'a>;

impl<T: FromResponse> Envelope for Elements<T> {
    fn read<E: DeserializeOwned>(&mut self) -> Result<E> {
        self.envelope()
    }
}

impl<T: FromResponse> Elements<T> {
    /// Reads the elements of all pages as one sequence, each as soon as it arrives. The pagination finds the next
    /// page; the [module](crate::http::pagination) lists the kinds. If it has a closure, that is called after the last
    /// element of a page with the JSON around the array.
    ///
    /// Call this before the request is sent. To check the JSON before the array of each page, see
    /// [`ElementPages::check_preamble`].
    ///
    /// ```no_run
    /// # use airbyte_sdk::{Deserialize, Emitter, Result, airbyte_stream, http::Pagination};
    /// # #[airbyte_stream(name = "prices")] struct Record { amount: f64 }
    /// # #[derive(Deserialize)] struct Price { amount: f64 }
    /// #[derive(Deserialize)]
    /// struct Page {
    ///     next: Option<String>,
    /// }
    ///
    /// # fn example(out: &mut Emitter<Record>) -> Result<()> {
    /// // {"prices": [{"amount": 1.5}, …], "next": "https://shop.example/prices?page=2"}
    /// let prices = out.http().get("https://shop.example/prices").elements::<Price>("prices");
    /// for price in prices.paginate(Pagination::next_url(|page: &Page| page.next.clone())) {
    ///     out.emit(Record { amount: price?.amount })?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// The iterator returns the errors of [`Request::elements`] and of the closure that finds the next page. It
    /// returns a system error if the pagination does not end, or if the request was sent before. It ends after the
    /// first error.
    #[doc(alias(
        "pages",
        "element_pages",
        "linked_elements",
        "numbered_elements",
        "offset_elements",
        "elements_by_header"
    ))]
    pub fn paginate<'a>(self, pagination: impl PaginateElements<'a>) -> ElementPages<'a, T> {
        let steps = pagination.steps_over();
        let trail = Trail::new(&steps);
        let hold = self.hold().cloned();
        let (page, start_error) = match self.into_unsent() {
            Some((request, page)) => {
                let request = steps.first(request);
                (Some((request.clone(), page.with(request, steps.header.clone(), trail.watch()))), None)
            }
            None => (None, Some(Error::system(SENT))),
        };
        ElementPages {
            page,
            start_error,
            trail,
            begun: false,
            handed_out: false,
            turning: false,
            verifies_end: steps.verifies_end,
            unconfirmed: None,
            hold,
            count: 0,
            preamble_check: Box::new(|_| Ok(())),
            announced: Box::new(|_| Ok(None)),
            steps,
        }
    }
}

const SENT: &str = "the request for the first page was sent before `paginate` was called: call it on the elements of a \
                    `Request`, and `check_preamble` instead of `preamble`";

impl<'a, T> ElementPages<'a, T> {
    /// Checks the JSON before the array of each page, before its first element is returned; see
    /// [`Elements::preamble`]. An error ends the pagination.
    ///
    /// ```no_run
    /// # use airbyte_sdk::{Deserialize, Error, Http, Result, http::Pagination};
    /// # #[derive(Deserialize)] struct Price { amount: f64 }
    /// #[derive(Deserialize)]
    /// struct Head {
    ///     currency: String,
    /// }
    ///
    /// # fn example(http: &Http) -> Result<()> {
    /// let prices = http
    ///     .get("https://shop.example/prices")
    ///     .elements::<Price>("prices")
    ///     .paginate(Pagination::link_header())
    ///     .check_preamble(|head: &Head| match head.currency.as_str() {
    ///         "EUR" => Ok(()),
    ///         other => Err(Error::transient(format!("prices are in {other} instead of EUR"))),
    ///     });
    /// for price in prices {
    ///     let Price { amount } = price?;
    ///     // …
    /// #   let _ = amount;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn check_preamble<E: FromResponse>(mut self, mut check: impl FnMut(&E) -> Result<()> + 'a) -> Self {
        self.preamble_check = Box::new(move |page| check(&page.preamble::<E>()?));
        self
    }

    /// Compares the number of elements with the one that a page announces around its array. A different number is a
    /// transient error, because records are missing.
    ///
    /// Until the end of a page its count is not verified, so no state covers its records. If the count is wrong, or
    /// the fetch function stops in the middle of a page, the next read starts before that page.
    ///
    /// ```no_run
    /// # use airbyte_sdk::{Deserialize, Http, Result, http::Pagination};
    /// # #[derive(Deserialize)] struct Price { amount: f64 }
    /// #[derive(Deserialize)]
    /// struct Page {
    ///     count: u64,
    ///     next: Option<String>,
    /// }
    ///
    /// # fn example(http: &Http) -> Result<()> {
    /// // {"prices": [{"amount": 1.5}], "count": 1}
    /// let prices = http.get("https://shop.example/prices").elements::<Price>("prices");
    /// let prices = prices.paginate(Pagination::next_url(|page: &Page| page.next.clone()));
    /// for price in prices.verify_count(|page: &Page| Some(page.count)) {
    ///     let Price { amount } = price?;
    ///     println!("{amount}");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn verify_count<E: FromResponse>(mut self, announced: impl Fn(&E) -> Option<u64> + 'a) -> Self {
        self.announced = Box::new(move |page| Ok(announced(&page.envelope::<E>()?)));
        self.verifies_end = true;
        self
    }

    fn check_count(&mut self, page: &mut Elements<T>) -> Result<()> {
        match (self.announced)(page)? {
            Some(announced) if announced != self.count => Err(Error::transient(format!(
                "a page announced {announced} records but contained {}",
                self.count
            ))),
            _ => Ok(()),
        }
    }
}

impl<T: FromResponse> ElementPages<'_, T> {
    /// Handles everything except a simple next element: the begin and the end of a page, and errors.
    #[cold]
    fn turn(&mut self) -> Option<Result<T>> {
        if std::mem::replace(&mut self.turning, true) {
            self.page = None;
            return Some(Err(hold::failed(self.hold.as_ref(), interrupted())));
        }
        let next = self.next_beyond();
        self.turning = false;
        next
    }

    fn next_beyond(&mut self) -> Option<Result<T>> {
        if let Some(error) = self.start_error.take() {
            return Some(Err(self.failed(error)));
        }
        loop {
            let (request, mut page) = self.page.take()?;
            if !self.begun {
                self.begun = true;
                self.unconfirmed = self.hold.as_ref().filter(|_| self.verifies_end).map(Holder::begin_page);
                if let Err(error) = (self.preamble_check)(&mut page) {
                    return Some(Err(self.failed(error)));
                }
            }
            match page.next() {
                Some(Ok(element)) => {
                    self.count += 1;
                    self.handed_out = true;
                    self.page = Some((request, page));
                    return Some(Ok(element));
                }
                Some(Err(error)) => return Some(Err(self.failed(error))),
                None => {}
            }
            match self.follow(request, &mut page) {
                Ok(None) => return None,
                Ok(Some(request)) => {
                    let header = self.steps.header.clone();
                    self.page = Some((request.clone(), page.with(request, header, self.trail.watch())));
                    self.begun = false;
                    self.count = 0;
                }
                Err(error) => return Some(Err(self.failed(error))),
            }
        }
    }

    /// Holds the stream's state: after the first element, or on a later page, any error means that records are
    /// missing. Before that, an error response of the API does not.
    fn failed(&self, error: Error) -> Error {
        let begun = self.handed_out || self.trail.is_past_first();
        let hold = self.hold.as_ref();
        if begun { hold::failed(hold, error) } else { hold::failed_before_data(hold, error) }
    }

    /// Returns the request for the page after this one, which has ended.
    fn follow(&mut self, request: Request, page: &mut Elements<T>) -> Result<Option<Request>> {
        self.check_count(page)?;
        let seen = PageInfo { header: page.header(), records: self.count };
        let next = (self.steps.next)(page, seen)?;
        // Confirm before the next page is requested: that may fail, and this one is complete.
        if let Some(page) = self.unconfirmed.take() {
            page.confirm();
        }
        let Some(next) = next else { return Ok(None) };
        self.trail.counted(self.count);
        if let Some(seen) = page.fingerprint()? {
            self.trail.elements_arrived(&seen)?;
        }
        self.trail.follow(request, next)
    }
}

/// Ends after the first error.
impl<T: FromResponse> Iterator for ElementPages<'_, T> {
    type Item = Result<T>;

    #[inline]
    fn next(&mut self) -> Option<Result<T>> {
        if self.begun
            && let Some((_, page)) = &mut self.page
        {
            match page.next() {
                Some(Ok(element)) => {
                    self.count += 1;
                    return Some(Ok(element));
                }
                Some(Err(error)) => {
                    self.page = None;
                    return Some(Err(error));
                }
                None => {}
            }
        }
        self.turn()
    }
}
