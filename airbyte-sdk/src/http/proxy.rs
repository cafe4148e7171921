//! Proxies from the environment. A variable that is not valid is an error: ignoring it would send requests directly,
//! past the proxy that the user wanted.
//!
//! The client chooses the proxy for each request, because ureq ignores variables that are not valid.

use super::url;
use crate::error::{Error, Result};
use percent_encoding::percent_decode_str;
use std::ffi::OsString;
use std::net::IpAddr;
use ureq::Proxy;
use ureq::http::Uri;

/// The proxies for http and https, and the hosts without one.
pub(super) struct Proxies {
    http: Option<Proxy>,
    https: Option<Proxy>,
    exceptions: Vec<Exception>,
    /// Why a variable is not valid. If set, no request is sent.
    fault: Option<String>,
    /// Users and passwords, as written and percent-decoded.
    secrets: Vec<String>,
}

/// An entry of `NO_PROXY`: hosts that are connected to directly.
#[derive(Debug, PartialEq)]
enum Exception {
    All,
    /// A host, or a domain with all its subdomains, and optionally only one port.
    Name(String, Option<u16>),
    /// Names and addresses with this prefix.
    Prefix(String),
    /// A network, and the number of bits that its addresses share.
    Network(IpAddr, u32),
}

impl Proxies {
    pub(super) fn of_environment() -> Self {
        Self::of(|name| std::env::var_os(name))
    }

    /// Reads `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY`. Names in lower case take precedence. An empty
    /// variable counts as unset.
    fn of(variable: impl Fn(&str) -> Option<OsString>) -> Self {
        let (mut fault, mut secrets) = (None, Vec::new());
        let mut first_of = |names: &[&str]| {
            let all = names.iter().flat_map(|name| [name.to_ascii_lowercase(), (*name).to_owned()]);
            let mut set =
                all.filter_map(|name| Some((variable(&name)?, name))).filter(|(value, _)| !value.is_empty());
            let (value, name) = set.next()?;
            match value.into_string() {
                Ok(value) => Some((name, value.trim().to_owned())).filter(|(_, value)| !value.is_empty()),
                Err(_) => {
                    fault
                        .get_or_insert_with(|| format!("the environment variable {name} is not valid UTF-8"));
                    None
                }
            }
        };
        let [https, http] = ["HTTPS_PROXY", "HTTP_PROXY"].map(|name| first_of(&[name, "ALL_PROXY"]));
        let exceptions = first_of(&["NO_PROXY"]).map(|(_, value)| exceptions(&value)).unwrap_or_default();
        let [https, http] = [https, http].map(|set| {
            let (name, value) = set?;
            let user = value.rsplit_once('@').map(|(user, _)| user.rsplit("//").next().unwrap_or_default());
            secrets.extend(user.into_iter().flat_map(credentials));
            let proxy = proxy(&value);
            if let Err(why) = &proxy {
                let advice = "write it as http://host:port or https://host:port";
                fault.get_or_insert_with(|| {
                    format!("the environment variable {name} is not a valid proxy URL: {why}; {advice}")
                });
            }
            proxy.ok()
        });
        Self { http, https, exceptions, fault, secrets }
    }

    /// Fails if a variable is not valid.
    pub(super) fn check(&self) -> Result<()> {
        self.fault.as_ref().map_or(Ok(()), |fault| Err(Error::config(fault)))
    }

    /// Returns the secrets in the variables, which must be masked.
    pub(super) fn secrets(&self) -> Vec<&str> {
        self.secrets.iter().map(String::as_str).collect()
    }

    /// Returns the proxy for a URL; `None` if it is requested directly.
    pub(super) fn of_url(&self, url: &Uri) -> Option<Proxy> {
        let is_https = url.scheme_str().is_some_and(|scheme| scheme.eq_ignore_ascii_case("https"));
        let proxy = if is_https { &self.https } else { &self.http };
        let host = url.host()?.trim_start_matches('[').trim_end_matches([']', '.']).to_ascii_lowercase();
        let port = url.port_u16().unwrap_or(if is_https { 443 } else { 80 });
        let is_direct = self.exceptions.iter().any(|exception| exception.covers(&host, port));
        proxy.clone().filter(|_| !is_direct)
    }
}

/// Parses the URL of a proxy, in which the scheme is optional. The error does not show the URL, because it may contain
/// a password.
fn proxy(text: &str) -> Result<Proxy, String> {
    let (scheme, rest) = text.split_once("://").unwrap_or(("http", text));
    let scheme = scheme.to_ascii_lowercase();
    if scheme.starts_with("socks") {
        return Err("SOCKS proxies are not supported".to_owned());
    }
    if !["http", "https"].contains(&scheme.as_str()) {
        return Err("its scheme is not `http` or `https`".to_owned());
    }
    let (user, rest) = rest.rsplit_once('@').map_or((None, rest), |(user, rest)| (Some(user), rest));
    let authority = rest.strip_suffix('/').unwrap_or(rest);
    if let Some(fault) = url::authority_fault(authority) {
        return Err(fault);
    }
    let user = user.map_or_else(String::new, |user| format!("{user}@"));
    Proxy::new(&format!("{scheme}://{user}{authority}"))
        .map_err(|_| "its user or password has a character that must be percent-encoded".to_owned())
}

/// Returns user info and password (or the user info, without a colon), each as written and percent-decoded.
fn credentials(user: &str) -> Vec<String> {
    let password = user.split_once(':').map_or(user, |(_, password)| password);
    [user, password]
        .into_iter()
        .flat_map(|text| [text.to_owned(), percent_decode_str(text).decode_utf8_lossy().into_owned()])
        .collect()
}

/// Parses entries separated by commas or whitespace.
fn exceptions(text: &str) -> Vec<Exception> {
    let entries = text.split(|letter: char| letter == ',' || letter.is_whitespace());
    entries.filter(|entry| !entry.is_empty()).map(|entry| exception(&entry.to_ascii_lowercase())).collect()
}

fn exception(entry: &str) -> Exception {
    if entry == "*" {
        return Exception::All;
    }
    if let Some((address, bits)) = entry.split_once('/')
        && let (Ok(address), Ok(bits)) = (address.parse::<IpAddr>(), bits.parse())
    {
        return Exception::Network(address, bits);
    }
    if let Some(prefix) = entry.strip_suffix('*') {
        return Exception::Prefix(prefix.to_owned());
    }
    let entry = entry.strip_prefix('*').unwrap_or(entry).trim_start_matches('.');
    let named = |name: &str, port| {
        let name = name.trim_start_matches('[').trim_end_matches([']', '.']);
        Exception::Name(name.to_owned(), port)
    };
    match entry.rsplit_once(':') {
        // Without brackets, a colon may be part of an IPv6 address.
        Some((name, port)) if entry.parse::<IpAddr>().is_err() && port.parse::<u16>().is_ok() => {
            named(name, port.parse().ok())
        }
        _ => named(entry, None),
    }
}

impl Exception {
    fn covers(&self, host: &str, port: u16) -> bool {
        match self {
            Self::All => true,
            Self::Prefix(prefix) => host.starts_with(prefix.as_str()),
            Self::Name(name, only) => {
                let is_within = host.strip_suffix(name.as_str()).is_some_and(|rest| {
                    rest.is_empty() || (rest.ends_with('.') && host.parse::<IpAddr>().is_err())
                });
                !name.is_empty() && is_within && only.is_none_or(|only| only == port)
            }
            Self::Network(network, bits) => {
                let same = |one: u128, other: u128, size: u32| {
                    let shift = size - (*bits).min(size);
                    one.checked_shr(shift).unwrap_or(0) == other.checked_shr(shift).unwrap_or(0)
                };
                match (network, host.parse::<IpAddr>()) {
                    (IpAddr::V4(one), Ok(IpAddr::V4(other))) => {
                        same(u32::from(*one).into(), u32::from(other).into(), u32::BITS)
                    }
                    (IpAddr::V6(one), Ok(IpAddr::V6(other))) => same((*one).into(), other.into(), u128::BITS),
                    _ => false,
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(variables: &[(&str, &str)]) -> Proxies {
        Proxies::of(|name| {
            let found = variables.iter().find(|(other, _)| *other == name);
            found.map(|(_, value)| OsString::from(value))
        })
    }

    /// Returns the host and port of the proxy for a URL.
    fn via(proxies: &Proxies, url: &str) -> Option<String> {
        proxies.check().unwrap();
        proxies.of_url(&url.parse().unwrap()).map(|proxy| format!("{}:{}", proxy.host(), proxy.port()))
    }

    #[test]
    fn each_scheme_has_its_proxy() {
        let (http, https) = ("http://a.example/", "https://a.example/");
        for (variables, expected) in [
            (&[("HTTPS_PROXY", "http://p:1")][..], [None, Some("p:1")]),
            (&[("http_proxy", "p:1")], [Some("p:1"), None]),
            (&[("ALL_PROXY", " https://p/\n")], [Some("p:443"), Some("p:443")]),
            (&[("ALL_PROXY", "p:1"), ("HTTPS_PROXY", "HTTP://q:2")], [Some("p:1"), Some("q:2")]),
            (&[("HTTPS_PROXY", "p:1"), ("https_proxy", "q:2")], [None, Some("q:2")]),
            (&[("HTTPS_PROXY", "p:1"), ("https_proxy", "")], [None, Some("p:1")]),
            (&[("HTTPS_PROXY", "")], [None, None]),
            (&[("HTTPS_PROXY", " ")], [None, None]),
            (&[("all_proxy", "http://u:p%40s@[::1]:3128")], [Some("[::1]:3128"), Some("[::1]:3128")]),
            (&[], [None, None]),
        ] {
            let proxies = of(variables);
            assert_eq!(
                [http, https].map(|url| via(&proxies, url)).each_ref().map(Option::as_deref),
                expected,
                "{variables:?}"
            );
        }
    }

    #[test]
    fn invalid_variable_is_named_but_not_shown() {
        for (value, why) in [
            ("foo bar://", "scheme"),
            ("htp://proxy:3128", "scheme"),
            ("ftp://proxy", "scheme"),
            ("socks5://proxy:1080", "SOCKS"),
            ("socks://proxy:1080", "SOCKS"),
            ("http://proxy:99999", "port"),
            ("http://proxy:3l28", "port"),
            ("http://proxy:", "port"),
            ("http://", "host"),
            ("http:/proxy:3128", "port"),
            ("http://hunter2:hunter2@", "host"),
            ("http://bob:hunter2@pro xy:3128", "not allowed"),
            ("http://bob:hun ter2@proxy:3128", "percent-encoded"),
            ("http://bücher:3128", "non-ASCII"),
            ("proxy:3128/path", "port"),
        ] {
            for name in ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "all_proxy"] {
                let error = of(&[(name, value)]).check().unwrap_err();
                let message = error.message();
                assert!(
                    message
                        .starts_with(&format!("the environment variable {name} is not a valid proxy URL: ")),
                    "{message}"
                );
                assert!(message.contains(why), "{value}: {message}");
                assert!(!message.contains("hunter2") && !message.contains("3l28"), "{message}");
            }
        }
    }

    #[test]
    fn users_and_passwords_are_secrets() {
        let proxies =
            of(&[("HTTPS_PROXY", "http://bob:p%40ss:w@proxy:3128"), ("HTTP_PROXY", "token-1@proxy")]);
        for secret in ["p%40ss:w", "p@ss:w", "bob:p@ss:w", "token-1"] {
            assert!(proxies.secrets().contains(&secret), "{secret}");
        }
        assert!(of(&[("HTTPS_PROXY", "proxy:3128")]).secrets().is_empty());
    }

    #[test]
    fn exceptions_cover_hosts_domains_ports_and_networks() {
        for (list, url, direct) in [
            ("a.example", "https://a.example/", true),
            ("A.Example.", "https://a.EXAMPLE./", true),
            ("a.example", "https://x.a.example/", true),
            ("a.example", "https://xa.example/", false),
            (".a.example", "https://x.a.example/", true),
            (".a.example", "https://a.example/", true),
            ("*.a.example", "https://x.a.example/", true),
            ("b.example , a.example", "https://a.example/", true),
            ("b.example a.example,,", "https://a.example/", true),
            (" * ", "https://a.example/", true),
            ("", "https://a.example/", false),
            (".", "https://a.example/", false),
            ("a.example:443", "https://a.example/", true),
            ("a.example:443", "http://a.example/", false),
            ("a.example:8080", "http://x.a.example:8080/", true),
            ("10.0.0.1", "http://10.0.0.1:5/", true),
            ("0.0.1", "http://10.0.0.1/", false),
            ("10.0.*", "http://10.0.7.7/", true),
            ("10.0.0.0/8", "http://10.200.3.4/", true),
            ("10.0.0.0/8", "http://11.0.0.1/", false),
            ("10.0.0.1/32", "http://10.0.0.2/", false),
            ("0.0.0.0/0", "http://11.0.0.1/", true),
            ("0.0.0.0/0", "http://a.example/", false),
            ("::1", "http://[::1]:5/", true),
            ("[::1]:5", "http://[::1]:5/", true),
            ("[::1]:5", "http://[::1]:6/", false),
            ("fd00::/8", "http://[fd12::1]/", true),
            ("::/0", "http://[fd12::1]/", true),
        ] {
            for name in ["NO_PROXY", "no_proxy"] {
                let proxies = of(&[("ALL_PROXY", "p:1"), (name, list)]);
                assert_eq!(via(&proxies, url).is_none(), direct, "{list}: {url}");
            }
        }
    }
}
