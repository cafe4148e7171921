//! URLs: their parts, validation, percent-encoding, and how messages show them.

use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};
use std::net::Ipv6Addr;

/// The characters that RFC 3986 does not allow in a path or a query, except brackets. Like browsers, this leaves
/// brackets alone: `page[after]=…` is common, and some APIs do not accept it encoded. A `%` is handled in [`encoded`].
const DISALLOWED: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'<')
    .add(b'>')
    .add(b'\\')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// The parts of a URL or a relative reference, neither decoded nor checked.
pub(super) struct Parts<'a> {
    pub(super) scheme: Option<&'a str>,
    pub(super) authority: Option<&'a str>,
    pub(super) path: &'a str,
    pub(super) query: Option<&'a str>,
}

impl<'a> Parts<'a> {
    /// Splits a URL. The fragment is dropped, because it is never sent.
    pub(super) fn of(text: &'a str) -> Self {
        let text = text.split('#').next().unwrap_or_default();
        let is_scheme = |text: &str| {
            text.starts_with(|first: char| first.is_ascii_alphabetic())
                && text.chars().all(|letter| letter.is_ascii_alphanumeric() || "+-.".contains(letter))
        };
        let (scheme, rest) = match text.split_once(':') {
            Some((scheme, rest)) if is_scheme(scheme) => (Some(scheme), rest),
            _ => (None, text),
        };
        let (rest, query) = match rest.split_once('?') {
            Some((rest, query)) => (rest, Some(query)),
            None => (rest, None),
        };
        let (authority, path) = match rest.strip_prefix("//") {
            Some(rest) => {
                let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
                (Some(authority), path)
            }
            None => (None, rest),
        };
        Self { scheme, authority, path, query }
    }
}

/// Returns why a URL cannot be requested, as the end of a sentence; `None` if it is valid.
pub(crate) fn fault(url: &str) -> Option<String> {
    if url.trim().is_empty() {
        return Some("it is empty".to_owned());
    }
    if url.trim() != url {
        return Some("it begins or ends with whitespace".to_owned());
    }
    let parts = Parts::of(url);
    let Some(authority) = parts.authority.filter(|_| parts.scheme.is_some()) else {
        return Some("it must begin with `https://` or `http://`".to_owned());
    };
    if !parts
        .scheme
        .is_some_and(|scheme| ["http", "https"].iter().any(|known| known.eq_ignore_ascii_case(scheme)))
    {
        return Some("its scheme is not supported: it must begin with `https://` or `http://`".to_owned());
    }
    if authority.contains('@') {
        return Some("it must not contain a user name or a password (the text before `@`)".to_owned());
    }
    authority_fault(authority)
}

/// Returns why a URL cannot be a base URL, to which paths are appended.
pub(crate) fn base_fault(url: &str) -> Option<String> {
    if let Some(fault) = fault(url) {
        return Some(fault);
    }
    if url.contains('?') {
        return Some("it must not contain a query (the text from `?` on)".to_owned());
    }
    if url.contains('#') {
        return Some("it must not contain a fragment (the text from `#` on)".to_owned());
    }
    url.contains(|letter: char| letter.is_whitespace() || letter.is_control())
        .then(|| "it contains whitespace or a control character".to_owned())
}

/// Returns why this is not a host with an optional port.
pub(super) fn authority_fault(authority: &str) -> Option<String> {
    let (host, port) = match authority.strip_prefix('[').map(|rest| rest.split_once(']')) {
        Some(Some((address, rest))) if address.parse::<Ipv6Addr>().is_ok() => match rest.strip_prefix(':') {
            Some(port) => (address, Some(port)),
            None if rest.is_empty() => (address, None),
            None => return Some("the text after the IPv6 address is not a port".to_owned()),
        },
        Some(_) => return Some("the text in brackets is not an IPv6 address".to_owned()),
        None => {
            let (host, port) = match authority.split_once(':') {
                Some((host, port)) => (host, Some(port)),
                None => (authority, None),
            };
            if let Some(fault) = host_fault(host) {
                return Some(fault);
            }
            (host, port)
        }
    };
    if host.is_empty() {
        return Some("the host is missing".to_owned());
    }
    let is_port = |port: &str| {
        port.bytes().all(|digit| digit.is_ascii_digit()) && port.parse::<u16>().is_ok_and(|port| port > 0)
    };
    port.is_some_and(|port| !is_port(port)).then(|| "the port is not a number from 1 to 65535".to_owned())
}

fn host_fault(host: &str) -> Option<String> {
    if host.is_empty() {
        return Some("the host is missing".to_owned());
    }
    if !host.is_ascii() {
        return Some("the host has a non-ASCII character: write its ASCII form, such as `xn--…`".to_owned());
    }
    if !host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte)) {
        return Some("the host has a character that is not allowed there".to_owned());
    }
    let name = host.strip_suffix('.').unwrap_or(host);
    name.split('.')
        .any(str::is_empty)
        .then(|| "the host has two dots in a row, or one at its beginning".to_owned())
}

/// Returns a URL for messages: without user, password, query and fragment, on one line, and at most 100 characters.
/// Mask secrets before: a part of one is not recognized.
pub(super) fn shown(url: &str) -> String {
    let url = url.split(['?', '#']).next().unwrap_or_default();
    let (scheme, rest) = url.split_once("//").map_or((None, url), |(scheme, rest)| (Some(scheme), rest));
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let host = authority.rsplit('@').next().unwrap_or_default();
    let scheme = scheme.map_or_else(String::new, |scheme| format!("{scheme}//"));
    let text: String = format!("{scheme}{host}{path}").escape_debug().take(100).collect();
    format!("`{text}`")
}

/// Returns the fragment, including the `#`.
pub(super) fn fragment_of(url: &str) -> &str {
    url.find('#').map_or("", |hash| &url[hash..])
}

/// Percent-encodes the characters that are not allowed in the path and the query, without encoding anything twice.
/// Scheme and authority are not changed. The fragment is dropped.
pub(super) fn encoded(url: &str) -> String {
    let url = url.split('#').next().unwrap_or_default();
    let parts = Parts::of(url);
    let front = parts.authority.map_or(0, |authority| authority.len() + 2)
        + parts.scheme.map_or(0, |scheme| scheme.len() + 1);
    let (front, rest) = url.split_at(front);
    let mut text = front.to_owned();
    let mut chunks = rest.split('%');
    text.extend(utf8_percent_encode(chunks.next().unwrap_or_default(), DISALLOWED));
    for chunk in chunks {
        let is_escape = chunk.as_bytes().get(..2).is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit));
        text.push_str(if is_escape { "%" } else { "%25" });
        text.extend(utf8_percent_encode(chunk, DISALLOWED));
    }
    text
}

/// Removes the query parameters with this name, which is not encoded, whether or not they are encoded in the URL.
pub(super) fn without_parameter(url: &str, name: &str) -> String {
    let Some((path, query)) = url.split_once('?') else { return url.to_owned() };
    let is_named = |pair: &&str| {
        let own = pair.split('=').next().unwrap_or_default().replace('+', " ");
        percent_decode_str(&own).eq(name.bytes())
    };
    let others = query.split('&').filter(|pair| !pair.is_empty() && !is_named(pair));
    let others: Vec<&str> = others.collect();
    if others.is_empty() { path.to_owned() } else { format!("{path}?{}", others.join("&")) }
}

/// Returns whether this is an absolute URL rather than a path.
pub(super) fn is_absolute(text: &str) -> bool {
    let parts = Parts::of(text);
    parts.scheme.is_some() && parts.authority.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn disallowed_characters_are_encoded_once() {
        for (url, expected) in [
            ("/a b?c=d e|f", "/a%20b?c=d%20e%7Cf"),
            ("/a%20b?c=%7c%zz%", "/a%20b?c=%7c%25zz%25"),
            ("/ü?q=\"é\"\n", "/%C3%BC?q=%22%C3%A9%22%0A"),
            ("/x?page[after]=1&f={y}", "/x?page[after]=1&f=%7By%7D"),
            ("/%é", "/%25%C3%A9"),
            ("https://a.example/x y#z", "https://a.example/x%20y"),
            ("https://ä.example/", "https://ä.example/"),
            ("https://a.example?x y", "https://a.example?x%20y"),
        ] {
            assert_eq!(encoded(url), expected, "{url}");
            assert_eq!(encoded(expected), expected);
        }
    }

    #[test]
    fn query_parameter_is_found_encoded_or_not() {
        for (url, expected) in [
            ("/a", "/a"),
            ("/a?page[after]=1&b=2", "/a?b=2"),
            ("/a?b=2&page%5Bafter%5D=1&page%5bafter%5d", "/a?b=2"),
            ("/a?page[after]=1", "/a"),
            ("/a?page[after=1&xpage[after]=2", "/a?page[after=1&xpage[after]=2"),
        ] {
            assert_eq!(without_parameter(url, "page[after]"), expected);
        }
        assert_eq!(without_parameter("/a?api+key=1&api%20key=2&api%2bkey=3", "api key"), "/a?api%2bkey=3");
    }

    #[test]
    fn invalid_url_is_explained() {
        for (url, why) in [
            ("", "is empty"),
            (" \n", "is empty"),
            (" https://a.example", "whitespace"),
            ("https://a.example\n", "whitespace"),
            ("api.polygon.io", "must begin with"),
            ("localhost:80", "must begin with"),
            ("//a.example", "must begin with"),
            ("/items", "must begin with"),
            ("https:/a.example", "must begin with"),
            ("https:a.example", "must begin with"),
            ("ftp://a.example", "scheme is not supported"),
            ("htps://a.example", "scheme is not supported"),
            ("http:///x", "host is missing"),
            ("http://", "host is missing"),
            ("http://:80", "host is missing"),
            ("http://?x", "host is missing"),
            ("http://a.example:8o80", "port is not"),
            ("http://a.example:99999", "port is not"),
            ("http://a.example:0", "port is not"),
            ("http://a.example:", "port is not"),
            ("http://a.example:+80", "port is not"),
            ("http://a:b:80", "port is not"),
            ("http://bob:pass@a.example", "user name or a password"),
            ("http://@a.example", "user name or a password"),
            ("https://bücher.example", "non-ASCII"),
            ("https://a.example\\x", "not allowed"),
            ("https://a b.example", "not allowed"),
            ("https://a%20.example", "not allowed"),
            ("https://a..example", "two dots"),
            ("https://[::1", "not an IPv6"),
            ("https://[a]", "not an IPv6"),
            ("https://[::1]80", "not a port"),
        ] {
            let fault = fault(url).unwrap_or_default();
            assert!(fault.contains(why), "{url}: {fault}");
            assert!(base_fault(url).is_some(), "{url}");
        }
        for url in [
            "https://a.example/x?",
            "https://a.example#",
            "https://a.example/a b",
            "https://a.example/\u{a0}b",
        ] {
            assert!(fault(url).is_none() && base_fault(url).is_some(), "{url}");
        }
        for url in [
            "https://a.example",
            "HTTP://A-b_c.example.:65535/v1/",
            "http://[2001:db8::1]:80/",
            "http://127.0.0.1:1",
            "https://localhost/a%20b",
        ] {
            assert_eq!(base_fault(url), None, "{url}");
        }
    }

    #[test]
    fn url_in_messages_shows_neither_password_nor_query() {
        for (url, expected) in [
            ("https://bob:p@ss@a.example:x/b@c?key=1", "`https://a.example:x/b@c`"),
            ("bob:pass@a.example/x", "`a.example/x`"),
            ("http:/a\n", "`http:/a\\n`"),
        ] {
            assert_eq!(shown(url), expected);
        }
    }
}
