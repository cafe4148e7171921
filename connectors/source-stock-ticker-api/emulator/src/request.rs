//! A received request: its headers, query and API key.

use std::borrow::Cow;

use jiff::Timestamp;

/// A received request.
#[derive(Clone, Debug)]
pub struct Request {
    /// The time of arrival by the machine's clock, even if the emulated API has another one.
    pub at: Timestamp,
    /// The method, as it was sent.
    pub method: String,
    /// The path and query, as they were sent.
    pub target: String,
    /// The names and values of the headers, in the order in which they were sent.
    pub headers: Vec<(String, String)>,
}

impl Request {
    /// Returns the value of the first header with this name, which is case-insensitive.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(candidate, _)| candidate.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    pub(crate) fn path(&self) -> &str {
        self.target.split_once('?').map_or(self.target.as_str(), |(path, _)| path)
    }

    pub(crate) fn query(&self) -> &str {
        self.target.split_once('?').map_or("", |(_, query)| query)
    }

    /// Returns the API key, from the header or else from the query. An empty key counts as none.
    pub(crate) fn api_key(&self) -> Option<Cow<'_, str>> {
        let bearer = self.header("Authorization").and_then(|value| {
            let (scheme, key) = value.trim().split_once(' ')?;
            scheme.eq_ignore_ascii_case("Bearer").then_some(Cow::Borrowed(key.trim()))
        });
        let in_query = || pairs(self.query()).find(|(name, _)| name == "apiKey").map(|(_, key)| key);
        bearer.filter(|key| !key.is_empty()).or_else(in_query).filter(|key| !key.is_empty())
    }

    pub(crate) fn accepts_gzip(&self) -> bool {
        let is_rejected = |rest: &str| {
            let weight = rest.trim().strip_prefix("q=").and_then(|weight| weight.trim().parse::<f32>().ok());
            weight == Some(0.0)
        };
        self.header("Accept-Encoding").unwrap_or_default().split(',').any(|coding| {
            let (name, rest) = coding.split_once(';').unwrap_or((coding, ""));
            name.trim().eq_ignore_ascii_case("gzip") && !is_rejected(rest)
        })
    }

    /// Returns whether the client expects the connection to be closed after the response.
    pub(crate) fn wants_close(&self, is_http_1_0: bool) -> bool {
        let connection = self.header("Connection").unwrap_or_default();
        let has_token =
            |expected: &str| connection.split(',').any(|token| token.trim().eq_ignore_ascii_case(expected));
        has_token("close") || (is_http_1_0 && !has_token("keep-alive"))
    }

    /// Returns whether a body follows the head.
    pub(crate) fn has_body(&self) -> bool {
        self.header("Transfer-Encoding").is_some()
            || self.header("Content-Length").is_some_and(|length| length.trim() != "0")
    }
}

/// Returns the names and values of a query, decoded.
pub(crate) fn pairs(query: &str) -> impl Iterator<Item = (Cow<'_, str>, Cow<'_, str>)> {
    query.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (percent_decoded(name), percent_decoded(value))
    })
}

/// Decodes each `%XX` once; leaves invalid sequences unchanged.
pub(crate) fn percent_decoded(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    let digit = |byte: Option<&u8>| byte.and_then(|byte| char::from(*byte).to_digit(16));
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        match (byte, digit(bytes.get(at + 1)), digit(bytes.get(at + 2))) {
            (b'%', Some(high), Some(low)) => {
                decoded.push((high * 16 + low) as u8);
                at += 3;
            }
            _ => {
                decoded.push(byte);
                at += 1;
            }
        }
    }
    Cow::Owned(String::from_utf8_lossy(&decoded).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(target: &str, headers: &[(&str, &str)]) -> Request {
        Request {
            at: Timestamp::UNIX_EPOCH,
            method: "GET".to_owned(),
            target: target.to_owned(),
            headers: headers.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect(),
        }
    }

    #[test]
    fn percent_decoding_is_applied_once_and_keeps_invalid_sequences() {
        for (text, decoded) in [
            ("AAPL", "AAPL"),
            ("X%3ABTCUSD", "X:BTCUSD"),
            ("X%3aBTCUSD", "X:BTCUSD"),
            ("%253A", "%3A"),
            ("100%", "100%"),
            ("%4", "%4"),
            ("%zz%+1", "%zz%+1"),
            ("%FF", "\u{fffd}"),
        ] {
            assert_eq!(percent_decoded(text), decoded);
        }
    }

    #[test]
    fn api_key_is_read_from_header_or_query() {
        let key = |target, headers: &[(&str, &str)]| request(target, headers).api_key().map(Cow::into_owned);
        assert_eq!(key("/a", &[]), None);
        assert_eq!(key("/a?apiKey=", &[("authorization", "Bearer ")]), None);
        assert_eq!(key("/a", &[("Authorization", "Basic k")]), None);
        assert_eq!(key("/a", &[("Authorization", "Bearer k")]).as_deref(), Some("k"));
        assert_eq!(key("/a", &[("AUTHORIZATION", "bearer k")]).as_deref(), Some("k"));
        assert_eq!(key("/a?x=1&apiKey=k%2F1", &[]).as_deref(), Some("k/1"));
        assert_eq!(key("/a?apiKey=query", &[("Authorization", "Bearer header")]).as_deref(), Some("header"));
    }

    #[test]
    fn gzip_is_accepted_unless_its_weight_is_zero() {
        let accepts = |value| request("/", &[("Accept-Encoding", value)]).accepts_gzip();
        assert!(accepts("gzip"));
        assert!(accepts("br, GZIP;q=0.5"));
        assert!(!accepts("gzip;q=0"));
        assert!(!accepts("gzip; q=0.0"));
        assert!(!accepts("identity, br"));
        assert!(!request("/", &[]).accepts_gzip());
    }
}
