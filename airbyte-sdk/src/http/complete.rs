//! Which responses are complete: checked by status, by content coding, and by what the author says about the API.
//!
//! A status of 2xx does not promise the whole data (202 and 206 do not), and a body may have no length. Taking such a
//! response for complete would silently lose records. So everything that is not known to be complete is an error,
//! which names the method of [`Request`] that accepts it.

use super::charset::Charset;
use super::incoming::{Decoding, Proof};
use super::request::Request;
use super::transport::Exchange;
use crate::error::Error;
use std::sync::Arc;
use ureq::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, TRANSFER_ENCODING};
use ureq::http::{HeaderMap, HeaderName, Version};
use ureq::{Body, http};

/// What a request expects of its response.
#[derive(Clone, Debug, Default)]
pub(super) struct ExpectedResponse {
    /// Whether a closed connection is accepted as the end of a body without a length.
    pub(super) unframed: bool,
    /// Statuses that the author accepts in addition to the usual ones.
    pub(super) statuses: Vec<u16>,
    /// The charset of bodies, whatever their headers declare.
    pub(super) charset: Option<String>,
    /// Whether the request is a GET, so that a 202 is not a result.
    pub(super) reads: bool,
    /// Whether the request has a `Range` header, so that a 206 is a result.
    pub(super) range: bool,
}

impl Request {
    /// Accepts a body that ends when its connection is closed as complete.
    ///
    /// A body usually states its length, by `Content-Length` or chunks. Some old servers (HTTP/1.0, or with
    /// `Connection: close`) do neither, and close the connection at the end. A server or proxy that crashes closes it
    /// as well, so a complete body cannot be distinguished from one that was cut off, unless something else shows
    /// it: the brackets of JSON, the checksum of gzip, or the `close_notify` of TLS, which many of these servers omit.
    /// Without any of these, CSV, JSON Lines and a JSON document that is a bare number end with an error.
    ///
    /// If you call this, they do not: rows may then be missing at the end, or the last one may be cut off, without any
    /// notice. A connection that is reset is always an error.
    pub fn allow_unframed_body(mut self) -> Self {
        self.expected.unframed = true;
        self
    }

    /// Decodes the body from this charset, whatever its `Content-Type` declares: `utf-8`, `iso-8859-1`,
    /// `windows-1252`, `utf-16le` or `utf-16be`. By default, a body is decoded as declared, or as UTF-8 if nothing is
    /// declared.
    ///
    /// A byte order mark at the beginning of the body takes precedence.
    ///
    /// A charset that is not supported is a system error when the body is read.
    ///
    /// ```no_run
    /// # use airbyte_sdk::{Deserialize, Http, Result};
    /// # #[derive(Deserialize)] struct Visit { name: String }
    /// # fn example(http: &Http) -> Result<()> {
    /// // Exported for spreadsheets; the headers do not declare the charset.
    /// for visit in http.get("https://shop.example/visits.jsonl").charset("windows-1252").json_lines::<Visit>() {
    ///     let Visit { name } = visit?;
    ///     println!("{name}");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn charset(mut self, name: &str) -> Self {
        self.expected.charset = Some(name.to_owned());
        self
    }

    /// Accepts a response with this status as complete, like one with 200.
    ///
    /// By default, bodies are read ([`json`](Self::json), [`pages`](Self::pages), [`elements`](Self::elements), and so
    /// on) if the status is 200, 201 or 203; also 202 if the request is not a GET, and 206 if it has a `Range` header.
    /// Other statuses below 300 are errors, because something may be missing: 202 means that the result is not ready,
    /// 204 and 205 that there is none, 206 that it is partial, and 207 that some of it may have failed. If the API
    /// means something else by it, pass the status here. A missing body (204, 205) is then read as JSON `null`, as no
    /// elements, or as an empty table.
    ///
    /// [`send`](Self::send) returns a response with any of these statuses. Statuses of 300 and above are always
    /// errors.
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
        self.expected.statuses.push(status);
        self
    }
}

impl ExpectedResponse {
    /// Returns an error if a response with this status may be incomplete.
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
                    "{place} accepted the request, but the result is not ready (HTTP 202). Poll with `send` until the \
                     status changes, or call `accept_status(202)` on the request if this is the result"
                )));
            }
            204 | 205 => "has no body",
            206 => "has only a part of the data",
            207 => "has several results, some of which may have failed",
            _ => "may be incomplete",
        };
        Err(Error::system(format!(
            "the response from {place} {what} (HTTP {status}). If this API means a complete response, call \
             `accept_status({status})` on the request"
        )))
    }
}

/// How a body is framed and compressed.
#[derive(Debug)]
pub(super) struct Encoding {
    /// The number of gzip layers, or the name of an unsupported coding.
    gzip: Result<usize, String>,
    unframed: bool,
}

/// More than one layer is a fault of the server; more than this may be an attack.
const MOST_LAYERS: usize = 3;

impl Encoding {
    pub(super) fn of(response: &http::Response<Body>) -> Self {
        let headers = response.headers();
        let transfer = list(headers, &TRANSFER_ENCODING);
        // The same rule as ureq's.
        let chunked =
            response.version() != Version::HTTP_10 && transfer.iter().any(|coding| coding == "chunked");
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

    pub(super) fn is_decompressed_here(&self) -> bool {
        self.gzip.as_ref().is_ok_and(|layers| *layers > 0)
    }

    /// Returns how to decode the body of a response from `place` with this content type.
    ///
    /// # Errors
    ///
    /// Fails if the content coding or the charset is not supported.
    pub(super) fn decoding(
        &self,
        expected: &ExpectedResponse,
        exchange: Arc<Exchange>,
        content_type: Option<&str>,
        proof: Proof,
        place: &str,
    ) -> Result<Decoding, Error> {
        let unsupported = |what: &str, name: &str, advice: &str| {
            let name: String = name.chars().filter(|char| !char.is_control()).take(40).collect();
            Error::system(format!(
                "the response from {place} has the {what} `{name}`, which is not supported; {advice}"
            ))
        };
        let gzip = self.gzip.clone().map_err(|name| {
            unsupported("content coding", &name, "send the header `Accept-Encoding: identity`")
        })?;
        let charset = match &expected.charset {
            Some(name) => Charset::of_name(name).map_err(|name| {
                Error::system(format!(
                    "the charset `{name}` of the request to {place} is not supported; expected one of: {}",
                    Charset::NAMES
                ))
            }),
            None => Charset::of_content_type(content_type).map_err(|name| {
                unsupported("charset", &name, "if the body has another one, call `charset` on the request")
            }),
        }?;
        let (unframed, allow_unframed) = (self.unframed, expected.unframed);
        Ok(Decoding { exchange, gzip, charset, unframed, allow_unframed, proof })
    }

    /// Returns how to decode the body of an error response: with as few checks as possible.
    pub(super) fn lenient_decoding(&self, exchange: Arc<Exchange>) -> Decoding {
        Decoding {
            exchange,
            gzip: self.gzip.as_ref().map_or(0, |layers| *layers),
            charset: Charset::Utf8,
            unframed: self.unframed,
            allow_unframed: true,
            proof: Proof::Syntax,
        }
    }
}

/// Returns the elements of a comma-separated header, in lower case.
fn list(headers: &HeaderMap, name: &HeaderName) -> Vec<String> {
    let values = headers.get_all(name).iter();
    values
        .flat_map(|value| value.as_bytes().split(|byte| *byte == b','))
        .map(|element| String::from_utf8_lossy(element).trim().to_ascii_lowercase())
        .filter(|element| !element.is_empty())
        .collect()
}
