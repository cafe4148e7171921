//! Which answers bring what was asked for: by their status, by their codings, and by what the author says about them.

use super::charset::Charset;
use super::incoming::{Manner, Proof};
use super::request::Request;
use super::transport::Exchange;
use crate::error::Error;
use std::sync::Arc;
use ureq::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, TRANSFER_ENCODING};
use ureq::http::{HeaderMap, HeaderName, Version};
use ureq::{Body, http};

/// What a request says about the bodies that answer it.
#[derive(Clone, Debug, Default)]
pub(super) struct Terms {
    /// A closed connection is the end of a body without a length.
    pub(super) unframed: bool,
    /// Further statuses that come with what was asked for.
    pub(super) statuses: Vec<u16>,
    /// How texts are encoded, whatever their headers say.
    pub(super) charset: Option<String>,
    /// The request asks for something, rather than sets something going.
    pub(super) reads: bool,
    /// The request asks for a part.
    pub(super) range: bool,
}

impl Request {
    /// Reads a body that ends where its connection is closed, and takes it for complete.
    ///
    /// A body says how long it is, by `Content-Length` or by chunks. Some old servers (HTTP/1.0, or with
    /// `Connection: close`) do neither, and close the connection at its end. A server or proxy that crashes closes it
    /// as well, so a complete body cannot be told from one that was cut off. JSON shows by its brackets whether it is complete,
    /// and a checksum does for gzip; TLS proves an end by a message of its own, which many of these servers leave out.
    /// Without any of these a CSV table, JSON Lines and a JSON document that is a bare number end with an error, unless
    /// this is called: then rows may be missing at the end, or the last one may be cut off, and nothing shows it. A
    /// connection that is reset is an error in any case.
    pub fn allow_unframed_body(mut self) -> Self {
        self.terms.unframed = true;
        self
    }

    /// Decodes bodies from this charset, whatever their `Content-Type` declares: `utf-8`, `iso-8859-1`, `windows-1252`,
    /// `utf-16le` or `utf-16be`. Without this a body is decoded as declared, and as UTF-8 if nothing is declared.
    ///
    /// A byte order mark at the beginning of a body decides in any case.
    ///
    /// ```no_run
    /// # use airbyte_sdk::{Deserialize, Http, Result};
    /// # #[derive(Deserialize)] struct Visit { name: String }
    /// # fn example(http: &Http) -> Result<()> {
    /// // Exported for spreadsheets, without a word about it in the headers.
    /// for visit in http.get("https://shop.example/visits.jsonl").charset("windows-1252").json_lines::<Visit>() {
    ///     let Visit { name } = visit?;
    ///     println!("{name}");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn charset(mut self, name: &str) -> Self {
        self.terms.charset = Some(name.to_owned());
        self
    }

    /// Reads the body of an answer with this status too, as if it were 200.
    ///
    /// Bodies are read as complete ([`json`](Self::json), [`pages`](Self::pages), [`elements`](Self::elements), and so
    /// on) if the status is 200, 201 or 203; 202 as well if the request is not a GET, and 206 if it has a `Range`
    /// header. Other statuses below 300 say that something is missing: 202 that the result is not ready, 204 and 205
    /// that there is none, 206 that this is a part of it, 207 that some of it may have failed. Where that is what the
    /// API means, name the status here. A body that is not there (204, 205) then reads as JSON `null`, as no elements,
    /// or as an empty table.
    ///
    /// [`send`](Self::send) returns an answer with any of these statuses. Statuses of 300 and above are errors always.
    ///
    /// ```no_run
    /// # use airbyte_sdk::{Deserialize, Http, Result};
    /// # #[derive(Deserialize)] struct Visit { id: u64 }
    /// # fn example(http: &Http) -> Result<()> {
    /// // 204 on a day without visits.
    /// for visit in http.get("https://shop.example/visits.csv").accept_status(204).json_lines::<Visit>() {
    ///     let Visit { id } = visit?;
    ///     println!("{id}");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn accept_status(mut self, status: u16) -> Self {
        self.terms.statuses.push(status);
        self
    }
}

impl Terms {
    /// An error if an answer with this status is not, or may not be, what was asked for.
    pub(super) fn check_status(&self, status: u16, place: &str) -> Result<(), Error> {
        let accepted = match status {
            200 | 201 | 203 => true,
            202 => !self.reads,
            206 => self.range,
            _ => false,
        };
        if accepted || self.statuses.contains(&status) {
            return Ok(());
        }
        let what = match status {
            202 => {
                return Err(Error::transient(format!(
                    "{place} has accepted the request, and has no result yet (HTTP 202). Poll with `send` until the \
                     status is another, or call `accept_status(202)` if this is the result"
                )));
            }
            204 | 205 => "answered without a body",
            206 => "answered with a part of what was asked for",
            207 => "answered with several results, of which some may have failed",
            _ => "answered with a status that does not say whether the body is complete",
        };
        Err(Error::system(format!(
            "{place} {what} (HTTP {status}). Call `accept_status({status})` on the request if that is what this API means"
        )))
    }
}

/// How a body is framed and packed.
#[derive(Debug)]
pub(super) struct Packing {
    /// How often it is packed by gzip; or the name of a coding that is not known here.
    gzip: Result<usize, String>,
    unframed: bool,
}

/// More than one is a mistake of the server's, and more than this somebody's bad joke.
const MOST_LAYERS: usize = 3;

impl Packing {
    pub(super) fn of(answer: &http::Response<Body>) -> Self {
        let headers = answer.headers();
        let transfer = list(headers, &TRANSFER_ENCODING);
        // As ureq sees it.
        let chunked =
            answer.version() != Version::HTTP_10 && transfer.iter().any(|coding| coding == "chunked");
        let unframed = !chunked && !headers.contains_key(CONTENT_LENGTH);
        let codings = transfer.into_iter().filter(|coding| coding != "chunked");
        let mut gzip = Ok(0);
        for coding in list(headers, &CONTENT_ENCODING).into_iter().chain(codings) {
            gzip = match (coding.as_str(), gzip) {
                ("identity", gzip) => gzip,
                ("gzip" | "x-gzip", Ok(layers)) if layers < MOST_LAYERS => Ok(layers + 1),
                (_, Ok(_)) => Err(coding),
                (_, unknown) => unknown,
            };
        }
        Self { gzip, unframed }
    }

    pub(super) fn is_unpacked_here(&self) -> bool {
        self.gzip.as_ref().is_ok_and(|layers| *layers > 0)
    }

    /// How to read the body of an answer from `place`, as text of this content type.
    ///
    /// # Errors
    ///
    /// If nothing here can decode it.
    pub(super) fn manner(
        &self,
        terms: &Terms,
        exchange: Arc<Exchange>,
        content_type: Option<&str>,
        proof: Proof,
        place: &str,
    ) -> Result<Manner, Error> {
        let unknown = |what: &str, name: &str, cure: &str| {
            let name: String = name.chars().filter(|char| !char.is_control()).take(40).collect();
            Error::system(format!("{place} answered in the {what} `{name}`, which cannot be decoded{cure}"))
        };
        let gzip = self.gzip.clone().map_err(|name| unknown("content coding", &name, ""))?;
        let cure = ". If that is not true, call `charset` on the request";
        let charset = match &terms.charset {
            Some(name) => Charset::of_name(name).map_err(|name| {
                Error::system(format!(
                    "the charset `{name}`, which the request for {place} names, is not known"
                ))
            }),
            None => Charset::of_content_type(content_type).map_err(|name| unknown("charset", &name, cure)),
        }?;
        let (unframed, allow_unframed) = (self.unframed, terms.unframed);
        Ok(Manner { exchange, gzip, charset, unframed, allow_unframed, proof })
    }

    /// How to read what is said about an error, whatever it is.
    pub(super) fn lenient_manner(&self, exchange: Arc<Exchange>) -> Manner {
        Manner {
            exchange,
            gzip: self.gzip.as_ref().map_or(0, |layers| *layers),
            charset: Charset::Utf8,
            unframed: self.unframed,
            allow_unframed: true,
            proof: Proof::Syntax,
        }
    }
}

/// The elements of a header that is a list, in lower case.
fn list(headers: &HeaderMap, name: &HeaderName) -> Vec<String> {
    let values = headers.get_all(name).iter();
    values
        .flat_map(|value| value.as_bytes().split(|byte| *byte == b','))
        .map(|element| String::from_utf8_lossy(element).trim().to_ascii_lowercase())
        .filter(|element| !element.is_empty())
        .collect()
}
