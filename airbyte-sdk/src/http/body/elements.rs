//! [`Elements`]: an array that is read as it arrives, as the author sees it.

use super::json::{ArrayOptions, Json};
use super::{Body, Request, Response, Stage};
use crate::error::Result;
use crate::hold::Holder;
use crate::http::FromResponse;
use crate::http::pagination::{Fingerprint, Watch};
use std::marker::PhantomData;
use std::sync::Arc;

/// The elements of an array in a response, each parsed as soon as it arrives. See [`Request::elements`].
pub struct Elements<T> {
    body: Body<Json>,
    elements: PhantomData<fn() -> T>,
}

impl Request {
    /// Reads the elements of one array of the response while it arrives. Each is returned as soon as it is complete,
    /// and only one is in memory, however large the response is.
    ///
    /// `path` names the array: `"results"`, `"data.items"` for one in a nested object, `""` if the whole response is
    /// the array. Keys that contain a dot cannot be named. An array that is null has no elements; an array that is
    /// missing is an error, unless you call [`allow_missing_array`](Elements::allow_missing_array).
    ///
    /// The request is sent when the first element is requested, and retried as by [`json`](Self::json) until the first
    /// element has arrived. After that, a response that is cut off is an error, because a second response might
    /// differ; the elements already returned stay valid.
    ///
    /// The body is read no faster than its elements are consumed, so a server that does not tolerate slow clients may
    /// close the connection.
    ///
    /// The JSON around the array is kept: see [`Elements::preamble`] and [`Elements::envelope`].
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
    /// The iterator returns the errors of [`send`](Self::send). It returns a transient error if the response is cut
    /// off or is not JSON. It returns a system error if the value at the path is missing or not an array, if an
    /// element does not fit `T` (the message names path, index and field), or if an element or the JSON around the
    /// array is larger than 16 MiB. It ends after the first error.
    #[must_use = "nothing is sent until the first element is requested"]
    pub fn elements<T: FromResponse>(self, path: &str) -> Elements<T> {
        Elements::new(Body::of_request(self, ArrayOptions::array(path), Vec::new()))
    }
}

impl Response {
    /// Reads the elements of an array of the body while it arrives. See [`Request::elements`], which also retries a
    /// response that is cut off before its first element.
    pub fn elements<T: FromResponse>(self, path: &str) -> Elements<T> {
        Elements::new(Body::of_response(self, ArrayOptions::array(path)))
    }
}

impl<T> Elements<T> {
    fn new(body: Body<Json>) -> Self {
        Self { body, elements: PhantomData }
    }

    /// Returns the stream that the elements are read for.
    pub(super) fn hold(&self) -> Option<&Holder> {
        self.body.hold.as_ref()
    }

    /// Returns the request, if it has not been sent.
    pub(super) fn into_unsent(self) -> Option<(Request, Self)> {
        match &self.body.stage {
            Stage::Unsent(request) => Some(((**request).clone(), self)),
            _ => None,
        }
    }

    /// Accepts a response without the array, which then has no elements.
    ///
    /// By default, a missing array is an error, and so is `null` in its place beside a member `error` or `errors`:
    /// many APIs report an error in this way with status 200.
    #[must_use]
    pub fn allow_missing_array(mut self) -> Self {
        self.body.options.allow_missing = true;
        self
    }

    /// Takes the value of the header that is needed to find the next page.
    pub(super) fn header(&mut self) -> Option<String> {
        self.body.header.1.take()
    }

    /// Returns the fingerprint of the page, if it is compared with others.
    pub(super) fn fingerprint(&mut self) -> Result<Option<Fingerprint>> {
        self.body.read(Json::fingerprint)
    }

    /// Returns the elements of the next page, which reuse the buffer of this one and keep this header.
    pub(super) fn with(self, request: Request, header: Option<Arc<str>>, watch: Option<Watch>) -> Self {
        let mut options = self.body.options;
        options.watch = watch;
        let buffer = match self.body.stage {
            Stage::Open(json, _) => json.into_buffer(),
            _ => Vec::new(),
        };
        Self::new(Body { header: (header, None), ..Body::of_request(request, options, buffer) })
    }

    /// Returns the JSON before the array, for checks that must fail before the first element is used: the document
    /// with `null` in place of the array, and nothing that comes after it.
    ///
    /// Sends the request if that has not been done. May be called at any time. A response without the array is read to
    /// its end.
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
    /// Returns the errors of the iterator, and a system error if the JSON before the array does not fit `E`, for
    /// example because a field comes after the array.
    pub fn preamble<E: FromResponse>(&mut self) -> Result<E> {
        self.body.read(Json::preamble)
    }

    /// Returns the JSON around the array: the document with `null` in place of the array. Elements that have not been
    /// read are skipped and lost, so read all elements first.
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
    /// log::info!("{} prices in total", prices.envelope::<Envelope>()?.total);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns the errors of the iterator, and a system error if the JSON around the array does not fit `E`.
    pub fn envelope<E: FromResponse>(&mut self) -> Result<E> {
        self.body.read(Json::envelope)
    }
}

/// Ends after the first error.
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
