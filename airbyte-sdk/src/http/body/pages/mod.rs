//! The elements of all pages, as if they were one array.

mod request;

use super::{Elements, Request};
use crate::error::{Error, Result};
use crate::hold::{self, Holder, Unconfirmed};
use crate::http::pages::{NextPage, Rule, Trail, interrupted};
use serde::de::DeserializeOwned;

/// Elements of one page after the other. See [`Request::element_pages`].
pub struct ElementPages<'a, T> {
    /// The page that is read, with the request that brought it.
    page: Option<(Request, Elements<T>)>,
    /// The next one, when this has ended. A page that cannot be asked for is an error only when its turn comes.
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
    next: Next<'a, T>,
}

/// What the author makes of a page beside its elements.
type Look<'a, T, R> = Box<dyn FnMut(&mut Elements<T>) -> Result<R> + 'a>;

/// What comes after a page with so many elements.
type Next<'a, T> = Box<dyn FnMut(&mut Elements<T>, u64) -> Result<Option<NextPage>> + 'a>;

impl<'a, T> ElementPages<'a, T> {
    fn new(request: Request, page: Elements<T>, next: Next<'a, T>) -> Self {
        Self {
            trail: Trail::new(&request),
            begun: false,
            handed_out: false,
            turning: false,
            judged: false,
            unconfirmed: None,
            hold: request.hold().cloned(),
            page: Some((request, page)),
            count: 0,
            look: Box::new(|_| Ok(())),
            announced: Box::new(|_| Ok(None)),
            next,
        }
    }

    fn by_rule(request: Request, path: &str, mut rule: Rule) -> Self
    where
        T: DeserializeOwned,
    {
        let request = rule.begin(request);
        let page = request.clone().elements(path).with_rule(&rule);
        let next = move |page: &mut Elements<T>, count| Ok(rule.next(page.header(), count));
        Self::new(request, page, Box::new(next))
    }

    /// How many pages there may be, 100 000 if not set; the page after that is an error.
    #[must_use]
    pub fn max_pages(mut self, pages: u32) -> Self {
        self.trail.set_most(pages);
        self
    }

    /// Accepts pages without the array, which then have no elements. See [`Elements::allow_missing_array`].
    #[must_use]
    pub fn allow_missing_array(mut self) -> Self {
        self.page = self.page.map(|(request, page)| (request, page.allow_missing_array()));
        self
    }

    /// Accepts a page with the same elements as its predecessor, which is an error otherwise, however the next page is
    /// found. See
    /// [`Pages::allow_repeated_pages`](crate::http::Pages::allow_repeated_pages).
    #[must_use]
    pub fn allow_repeated_pages(mut self) -> Self {
        self.page = self.page.map(|(request, page)| (request, page.without_hash()));
        self
    }

    /// Has a look at what each page says before its array, before its first element is handed out; see
    /// [`Elements::preamble`]. An error ends the reading.
    ///
    /// ```no_run
    /// # use airbyte_sdk::{Deserialize, Error, Http, Result};
    /// # #[derive(Deserialize)] struct Price { amount: f64 }
    /// # #[derive(Deserialize)] struct Page { next: Option<String> }
    /// #[derive(Deserialize)]
    /// struct Head {
    ///     currency: String,
    /// }
    ///
    /// # fn example(http: &Http) -> Result<()> {
    /// let prices = http
    ///     .get("https://shop.example/prices")
    ///     .element_pages("prices", |page: &Page| Ok(page.next.clone()))
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
    #[must_use]
    pub fn check_preamble<E: DeserializeOwned>(
        mut self,
        mut check: impl FnMut(&E) -> Result<()> + 'a,
    ) -> Self {
        self.look = Box::new(move |page| check(&page.preamble::<E>()?));
        self
    }
}

impl<'a, T> ElementPages<'a, T> {
    /// Compares the number of elements with the one that a page announces around its array. A different number is a
    /// transient error: elements are missing.
    ///
    /// While a page is read its number is not known to be right, so no state covers its records. If the number is wrong, or
    /// the fetch function stops in the middle of a page, the next read starts before that page.
    ///
    /// ```no_run
    /// # use airbyte_sdk::{Deserialize, Http, Result};
    /// # #[derive(Deserialize)] struct Price { amount: f64 }
    /// #[derive(Deserialize)]
    /// struct Page {
    ///     count: u64,
    ///     next: Option<String>,
    /// }
    ///
    /// # fn example(http: &Http) -> Result<()> {
    /// // {"prices": [{"amount": 1.5}], "count": 1}
    /// let pages = http.get("https://shop.example/prices");
    /// let prices = pages.element_pages("prices", |page: &Page| Ok(page.next.clone()));
    /// for price in prices.verify_count(|page: &Page| Some(page.count)) {
    ///     let Price { amount } = price?;
    ///     println!("{amount}");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn verify_count<E: DeserializeOwned>(mut self, announced: impl Fn(&E) -> Option<u64> + 'a) -> Self {
        self.announced = Box::new(move |page| Ok(announced(&page.envelope::<E>()?)));
        self.judged = true;
        self
    }

    fn check_count(&mut self, page: &mut Elements<T>) -> Result<()> {
        match (self.announced)(page)? {
            Some(announced) if announced != self.count => Err(Error::transient(format!(
                "a page of the answer says that it has {announced} records, and has {}",
                self.count
            ))),
            _ => Ok(()),
        }
    }
}

impl<T: DeserializeOwned> ElementPages<'_, T> {
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
                    self.page = Some((request.clone(), page.again(request)));
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
        let next = self.check_count(page).and_then(|()| (self.next)(page, self.count));
        let next = next?;
        // Before the next page: that one may be worth nothing, and this one is complete.
        if let Some(page) = self.unconfirmed.take() {
            page.confirm();
        }
        let Some(next) = next else { return Ok(None) };
        self.trail.counted(self.count);
        if let Some(hash) = page.hash()? {
            self.trail.arrived(hash)?;
        }
        self.trail.follow(request, next)
    }
}

/// The first error ends it.
impl<T: DeserializeOwned> Iterator for ElementPages<'_, T> {
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
