//! What an author sees of an array that is read as it arrives.

use super::json::{Asked, Json};
use super::{Body, Request, Response, Stage};
use crate::error::Result;
use crate::hold::Holder;
use crate::http::FromResponse;
use crate::http::pagination::{Fingerprint, Watch};
use std::marker::PhantomData;
use std::sync::Arc;

/// The elements of an array in an answer, each parsed as soon as it has arrived. See [`Request::elements`].
pub struct Elements<T> {
    body: Body<Json>,
    elements: PhantomData<fn() -> T>,
}

impl Request {
    /// Reads the elements of one array of the answer while it arrives: each is handed out as soon as it is there, and
    /// memory stays that of one, however large the answer is. `path` names the array: `"results"`, `"data.items"` for
    /// one within another object, `""` if the whole answer is the array. (A key with a dot in it cannot be named.) An
    /// array that is null has no elements; one that is not there is an error, unless
    /// [it may be](Elements::allow_missing_array).
    ///
    /// The request is sent when the first element is asked for. Until that one has arrived trouble that may pass is met
    /// as [`json`](Self::json) does; after that an answer that breaks off is an error, since nobody knows whether a
    /// second one would say the same. Elements that came before stand.
    ///
    /// A body is read no faster than its elements are used: a service that bears no slow readers may hang up.
    ///
    /// What is said around the array is kept: see [`Elements::preamble`] and [`Elements::envelope`].
    ///
    /// ```no_run
    /// # use airbyte_sdk::{Deserialize, Emitter, Result, airbyte_stream};
    /// # #[airbyte_stream(name = "prices")] struct Record { amount: f64 }
    /// #[derive(Deserialize)]
    /// struct Price {
    ///     amount: f64,
    /// }
    ///
    /// # fn example(out: &mut Emitter<Record>) -> Result<()> {
    /// // {"prices": [{"amount": 1.5}, …]}
    /// for price in out.http().get("https://shop.example/prices").elements::<Price>("prices") {
    ///     out.emit(Record { amount: price?.amount })?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// The iterator's: those of [`send`](Self::send); transient if the answer breaks off or is no JSON; a system error
    /// if the value at the path is no array or not there, if an element is not of the expected shape (it names path,
    /// number and field), or if an element or what is around the array has more than 16 MiB.
    #[must_use = "nothing is sent until the first element is asked for"]
    pub fn elements<T: FromResponse>(self, path: &str) -> Elements<T> {
        Elements::new(Body::of_request(self, Asked::array(path), Vec::new()))
    }
}

impl Response {
    /// The elements of an array of the body while it arrives. See [`Request::elements`], which
    /// also asks again for an answer that breaks off before its first element.
    pub fn elements<T: FromResponse>(self, path: &str) -> Elements<T> {
        Elements::new(Body::of_response(self, Asked::array(path)))
    }
}

impl<T> Elements<T> {
    fn new(body: Body<Json>) -> Self {
        Self { body, elements: PhantomData }
    }

    /// The stream that it is read for.
    pub(super) fn hold(&self) -> Option<&Holder> {
        self.body.hold.as_ref()
    }

    /// The request, if it has not been sent.
    pub(super) fn into_unsent(self) -> Option<(Request, Self)> {
        match &self.body.stage {
            Stage::Unsent(request) => Some(((**request).clone(), self)),
            _ => None,
        }
    }

    /// Accepts an answer without the array, which then has no elements.
    ///
    /// Otherwise that is an error, and so is `null` in its place beside a member `error` or `errors`: many APIs report
    /// an error in this way, with status 200, and it must not pass for an empty array.
    #[must_use]
    pub fn allow_missing_array(mut self) -> Self {
        self.body.words.allow_missing = true;
        self
    }

    /// What the response says in the header that it is to be kept of.
    pub(super) fn header(&mut self) -> Option<String> {
        self.body.header.1.take()
    }

    /// What the page is known by, if it is to be.
    pub(super) fn fingerprint(&mut self) -> Result<Option<Fingerprint>> {
        self.body.read(Json::fingerprint)
    }

    /// Sends this request for the next page, with the memory of this one, and keeps this header.
    pub(super) fn with(self, request: Request, header: Option<Arc<str>>, watch: Option<Watch>) -> Self {
        let mut words = self.body.words;
        words.watch = watch;
        let buffer = match self.body.stage {
            Stage::Open(json, _) => json.into_buffer(),
            _ => Vec::new(),
        };
        Self::new(Body { header: (header, None), ..Body::of_request(request, words, buffer) })
    }

    /// What the answer says before its array: the JSON without anything that comes later, for checks that should fail
    /// before the first element is used. Sends the request if that has not been done; may be called at any time. An
    /// answer without the array is read to its end.
    ///
    /// ```no_run
    /// # use airbyte_sdk::{Deserialize, Error, Http, Result};
    /// # #[derive(Deserialize)] struct Price { amount: f64 }
    /// #[derive(Deserialize)]
    /// struct Head {
    ///     currency: String,
    /// }
    ///
    /// # fn example(http: &Http) -> Result<()> {
    /// // {"currency": "EUR", "prices": [{"amount": 1.5}, …]}
    /// let mut prices = http.get("https://shop.example/prices").elements::<Price>("prices");
    /// if prices.preamble::<Head>()?.currency != "EUR" {
    ///     return Err(Error::config("the shop does not sell in euros"));
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Those of the iterator. A system error if what comes before the array is not of this type, for example lacks a
    /// field that comes after it.
    pub fn preamble<E: FromResponse>(&mut self) -> Result<E> {
        self.body.read(Json::head)
    }

    /// What the answer says around its array: the JSON with `null` in place of the array. Elements that have not been
    /// asked for are read, and lost. To be told what comes after the array, ask for all elements first.
    ///
    /// ```no_run
    /// # use airbyte_sdk::{Deserialize, Http, Result, log};
    /// # #[derive(Deserialize)] struct Price { amount: f64 }
    /// #[derive(Deserialize)]
    /// struct Envelope {
    ///     total: u64,
    /// }
    ///
    /// # fn example(http: &Http) -> Result<()> {
    /// // {"prices": [{"amount": 1.5}, …], "total": 250}
    /// let mut prices = http.get("https://shop.example/prices").elements::<Price>("prices");
    /// for price in &mut prices {
    ///     log::info!("{}", price?.amount);
    /// }
    /// log::info!("that were {} prices", prices.envelope::<Envelope>()?.total);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Those of the iterator. A system error if what is around the array is not of this type.
    pub fn envelope<E: FromResponse>(&mut self) -> Result<E> {
        self.body.read(Json::envelope)
    }
}

/// The first error ends it.
impl<T: FromResponse> Iterator for Elements<T> {
    type Item = Result<T>;

    #[inline]
    fn next(&mut self) -> Option<Result<T>> {
        if self.body.is_broken() {
            return None;
        }
        let element = self.body.read(|json| match json.next()? {
            None => json.require_array().map(|()| None),
            element => Ok(element),
        });
        element.transpose()
    }
}
