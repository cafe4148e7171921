//! The elements of all pages, as if they were one array.

use super::Elements;
use crate::error::{Error, Result};
use crate::hold::{self, Holder, Unconfirmed};
use crate::http::FromResponse;
use crate::http::Request;
use crate::http::pagination::{Envelope, PaginateElements, Seen, Steps, Trail, interrupted};
use serde::de::DeserializeOwned;

/// Elements of one page after the other. See [`Elements::paginate`].
#[must_use = "nothing is sent until the first element is asked for"]
pub struct ElementPages<'a, T> {
    /// The page that is read, with the request that brought it.
    page: Option<(Request, Elements<T>)>,
    /// Why there is no first page.
    refused: Option<Error>,
    /// The next one, when this has ended. A page that cannot be requested is an error only when its turn comes.
    trail: Trail,
    begun: bool,
    /// Whether anything was handed out.
    handed_out: bool,
    /// Set while [`turn`](Self::turn) runs: if a panic leaves it, the page that it had taken is lost.
    turning: bool,
    /// Whether the end of a page can show that it is incomplete, or not what was asked for.
    judged: bool,
    /// The page at hand, if so.
    unconfirmed: Option<Unconfirmed>,
    hold: Option<Holder>,
    /// How many elements the page has had so far.
    count: u64,
    look: Look<'a, T, ()>,
    announced: Look<'a, T, Option<u64>>,
    steps: Steps<'a, Elements<T>>,
}

/// What the author makes of a page beside its elements.
type Look<'a, T, R> = Box<dyn FnMut(&mut Elements<T>) -> Result<R> + 'a>;

impl<T: FromResponse> Envelope for Elements<T> {
    fn read<E: DeserializeOwned>(&mut self) -> Result<E> {
        self.envelope()
    }
}

impl<T: FromResponse> Elements<T> {
    /// Reads the elements of page after page, each as soon as it arrives, as if they were one array. The pagination says
    /// how the next page is found; the [module](crate::http::pagination) lists the ways. A closure in it is given what is
    /// around the array, when that has ended.
    ///
    /// Call it on the elements of a request that has not been sent. To check what is before the array of each page, see
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
    /// The iterator's: those of [`Request::elements`]; those of the closure that finds the next page; a system error if the
    /// pagination does not end, or if the request was sent before. The first error ends it.
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
        let (page, refused) = match self.into_unsent() {
            Some((request, page)) => {
                let request = steps.first(request);
                (Some((request.clone(), page.with(request, steps.header.clone(), trail.watch()))), None)
            }
            None => (None, Some(Error::system(SENT))),
        };
        ElementPages {
            page,
            refused,
            trail,
            begun: false,
            handed_out: false,
            turning: false,
            judged: steps.judges,
            unconfirmed: None,
            hold,
            count: 0,
            look: Box::new(|_| Ok(())),
            announced: Box::new(|_| Ok(None)),
            steps,
        }
    }
}

const SENT: &str = "the request for the first page was sent before `paginate` was called: call it on the elements of a \
                    `Request`, and `check_preamble` instead of `preamble`";

impl<'a, T> ElementPages<'a, T> {
    /// Checks what is before the array of each page, before its first element is handed out; see
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
    ///         other => Err(Error::transient(format!("prices in {other} are not what was asked for"))),
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
        self.look = Box::new(move |page| check(&page.preamble::<E>()?));
        self
    }

    /// Compares the number of elements with the one that a page announces around its array. A different number is a
    /// transient error: elements are missing.
    ///
    /// While a page is read its number is not known to be right, so no state covers its records. If the number is wrong, or
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
        self.judged = true;
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
    /// What is found when an element is not simply the next: a page begins or ends, or there was an error.
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
        if let Some(error) = self.refused.take() {
            return Some(Err(self.failed(error)));
        }
        loop {
            let (request, mut page) = self.page.take()?;
            if !self.begun {
                self.begun = true;
                self.unconfirmed = self.hold.as_ref().filter(|_| self.judged).map(Holder::begin_page);
                if let Err(error) = (self.look)(&mut page) {
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

    /// An error after the first element, or of another page than the first, leaves something out. So does any other than a
    /// rejected request.
    fn failed(&self, error: Error) -> Error {
        let begun = self.handed_out || self.trail.is_past_first();
        let hold = self.hold.as_ref();
        if begun { hold::failed(hold, error) } else { hold::refused(hold, error) }
    }

    /// The request for what comes after a page that has ended.
    fn follow(&mut self, request: Request, page: &mut Elements<T>) -> Result<Option<Request>> {
        self.check_count(page)?;
        let seen = Seen { header: page.header(), records: self.count };
        let next = (self.steps.next)(page, seen)?;
        // Before the next page: that one may be worth nothing, and this one is complete.
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

/// The first error ends it.
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
