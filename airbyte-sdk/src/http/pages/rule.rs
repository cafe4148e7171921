//! Pages whose next one is found beside the body: a header names it, or it is counted.

use super::NextPage;
use crate::http::Request;

/// How the next page is found where the body need not say it, whether pages are read as a whole or while they arrive.
pub(in crate::http) enum Rule {
    /// By a URL in a `Link` header.
    Link,
    /// By a token in this header of the answer, for this parameter of the next request.
    Header { name: &'static str, parameter: &'static str },
    /// By the number of the page, or of the records before it, in this parameter.
    Counted { parameter: &'static str, at: u64, what: Counted },
}

#[derive(Clone, Copy, PartialEq)]
pub(in crate::http) enum Counted {
    Pages,
    Records,
}

impl Rule {
    /// The request for the first page.
    pub(in crate::http) fn begin(&self, mut request: Request) -> Request {
        if let Self::Counted { parameter, at, .. } = self {
            request.set_query((*parameter).to_owned(), at.to_string());
        }
        request
    }

    /// Whether a page that is the one before once more is an error: where pages are counted, a service that does not know
    /// the parameter sends the first one for ever.
    pub(in crate::http) fn must_change(&self) -> bool {
        matches!(self, Self::Counted { .. })
    }

    /// The header of an answer that has a say in it.
    pub(in crate::http) fn header(&self) -> Option<&'static str> {
        match self {
            Self::Link => Some("link"),
            Self::Header { name, .. } => Some(name),
            Self::Counted { .. } => None,
        }
    }

    /// What comes after a page that says this in that header and has so many records.
    pub(in crate::http) fn next(&mut self, said: Option<String>, records: u64) -> Option<NextPage> {
        match self {
            Self::Link => NextPage::of_link(&said?),
            Self::Header { parameter, .. } => Some(NextPage::query(parameter, said?)),
            Self::Counted { parameter, at, what } => {
                *at = at.saturating_add(if *what == Counted::Pages { 1 } else { records });
                (records > 0).then(|| NextPage::query(parameter, *at))
            }
        }
    }
}
