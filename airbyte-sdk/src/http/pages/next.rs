//! How the next page is asked for.

use serde::Serialize;
use serde_json::Value;
use std::fmt::Display;

/// How the next page is asked for: made of a text, which is a URL, or by [`query`](Self::query) or
/// [`body_field`](Self::body_field).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NextPage(pub(super) Step);

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Url(String),
    Query(String, String),
    /// The path and the value, or why it cannot be written.
    BodyField(String, Result<Value, String>),
    /// A `Link` header that names a next page in a form that is not understood.
    Unclear,
}

impl NextPage {
    /// By the same request with this parameter, in place of one of that name: a token, a cursor, a number.
    pub fn query(name: &str, value: impl Display) -> Self {
        Self(Step::Query(name.to_owned(), value.to_string()))
    }

    /// By the same request with this value in its [body](crate::http::Request::json_body), in place of what is there: a token, a
    /// number, whatever the service has given. The path leads to it through objects, `"after"` or `"variables.after"`; those
    /// that are missing are made. A value that is null ends it, as an empty text does.
    ///
    /// A POST is sent again after trouble only if it is [idempotent](crate::http::Request::idempotent).
    ///
    /// ```no_run
    /// # use airbyte_sdk::{Deserialize, Http, Result, http::NextPage};
    /// # use serde_json::json;
    /// #[derive(Deserialize)]
    /// struct Found {
    ///     names: Vec<String>,
    ///     after: Option<String>,
    /// }
    ///
    /// # fn example(http: &Http) -> Result<()> {
    /// let search = http.post("https://shop.example/search").json_body(&json!({"kind": "shoe"}))?.idempotent();
    /// for page in search.pages(|page: &Found| Some(NextPage::body_field("after", &page.after))) {
    ///     let names = page?.names;
    ///     # drop(names);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Those of the page that is asked for in this way, system errors: the request has no body; it is no object; on the path
    /// there is something else than an object; an object would be replaced by something that is none.
    pub fn body_field(path: &str, value: impl Serialize) -> Self {
        let value = serde_json::to_value(value).map_err(|error| error.to_string());
        Self(Step::BodyField(path.to_owned(), value))
    }

    /// The one with `rel="next"` in a `Link` header, such as `<https://a.example/?page=2>; rel="next", <…>; rel="last"`.
    /// One with `results="false"` leads to an empty page, and from there to the next one, without end (as Sentry has it).
    pub(super) fn of_link(header: &str) -> Option<Self> {
        let (mut rest, mut unclear) = (header, false);
        while let Some((stray, link)) = rest.split_once('<') {
            unclear |= mentions_next(stray);
            // One that is cut off is followed where it leads: nobody must take it for the last page.
            let (url, parameters) =
                link.split_once('>').or_else(|| link.split_once(';')).unwrap_or((link, ""));
            let (own, following) = parameters_of_link(parameters);
            // The first `rel` counts, and any other is ignored (RFC 8288).
            let value =
                |name: &str| own.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str());
            let is_next = value("rel").is_some_and(has_next);
            unclear |= own.iter().any(|(name, value)| name.starts_with("rel:") && has_next(value));
            if is_next {
                let has_results =
                    value("results").is_none_or(|value| !unquoted(value).eq_ignore_ascii_case("false"));
                return has_results.then(|| url.trim().to_owned().into());
            }
            rest = following;
        }
        // Pages would be missing if this passed for the last one.
        (unclear || mentions_next(rest)).then_some(Self(Step::Unclear))
    }

    /// Nowhere: some services write an empty text instead of none.
    pub(super) fn is_empty(&self) -> bool {
        match &self.0 {
            Step::Url(url) => url.trim().is_empty(),
            Step::Query(_, text) | Step::BodyField(_, Ok(Value::String(text))) => text.is_empty(),
            Step::BodyField(_, value) => *value == Ok(Value::Null),
            Step::Unclear => false,
        }
    }
}

/// Without quotes that RFC 8288 does not know, and some services write.
fn unquoted(value: &str) -> &str {
    value.trim_matches(|letter: char| letter.is_whitespace() || "'`\"‘’“”".contains(letter))
}

/// Whether one of the relations is `next`.
fn has_next(rel: &str) -> bool {
    rel.split_whitespace().any(|relation| unquoted(relation).eq_ignore_ascii_case("next"))
}

/// Whether text outside of any link, where there should be none, has the word `next` as a relation.
fn mentions_next(stray: &str) -> bool {
    stray.split([',', ';', '=', ':', '{', '}']).any(has_next)
}

/// The parameters of a link, names in lower case, and what comes after the comma that ends it. Commas and semicolons within
/// a quoted value are part of it.
fn parameters_of_link(text: &str) -> (Vec<(String, String)>, &str) {
    let mut parameters = vec![(String::new(), String::new())];
    let (mut quoted, mut escaped, mut in_value) = (false, false, false);
    for (at, letter) in text.char_indices() {
        let Some((name, value)) = parameters.last_mut() else { break };
        match letter {
            _ if escaped => {
                value.push(letter);
                escaped = false;
            }
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ if quoted => value.push(letter),
            ',' => return (parameters, &text[at..]),
            ';' => {
                parameters.push(Default::default());
                in_value = false;
            }
            '=' if !in_value => in_value = true,
            _ if in_value => value.push(letter),
            _ if letter.is_whitespace() => {}
            _ => name.push(letter.to_ascii_lowercase()),
        }
    }
    (parameters, "")
}

impl From<String> for NextPage {
    fn from(url: String) -> Self {
        Self(Step::Url(url))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_link_is_found_among_others() {
        let url = |text: &str| Some(NextPage::from(text.to_owned()));
        for (header, next) in [
            (
                r#"<https://a.example/?p=1>; rel="prev", <https://a.example/?p=3,4>; rel="next""#,
                url("https://a.example/?p=3,4"),
            ),
            (r#"</b?x=1>; REL=next; title="a""#, url("/b?x=1")),
            (r#"</b>; rel="last next""#, url("/b")),
            (r#"</b>; rel="last""#, None),
            (r#"</b; rel="next""#, url("/b")),
            (r#"</c>; rel="preload", </b>; title="a, b"; rel="next""#, url("/b")),
            (r#"</c>; title="; rel=next"; rel="last", </b>; rel = "next" "#, url("/b")),
            (r#"</c>; title="a \" , <x>; rel=next"; rel=last, </b>; title=t; ReL="Prev NEXT""#, url("/b")),
            (r#"</c>; rel=last; rel=next"#, None),
            (r#"</c>; rel*=UTF-8''next"#, None),
            (r#"</c>; rel=nextpage, </d>; rel="x-next""#, None),
            (
                r#"</p>; rel="previous"; results="false", </b>; rel="next"; results="true"; cursor="0:1:0""#,
                url("/b"),
            ),
            (
                r#"</p>; rel="previous"; results="true", </b>; rel="next"; results="false"; cursor="0:1:0""#,
                None,
            ),
            (r#"</b>; results=FALSE; rel=next"#, None),
            ("</b>;rel='next'", url("/b")),
            ("</a>; rel='prev', </b>; rel='last Next'", url("/b")),
            ("</b>; rel=“next”", url("/b")),
            ("</b>; rel='next'; results='false'", None),
            (r#"/b; rel="next""#, Some(NextPage(Step::Unclear))),
            (r#"</a>; rel="prev", /b; rel=next"#, Some(NextPage(Step::Unclear))),
            (r#"/b; rel="next", </a>; rel="prev""#, Some(NextPage(Step::Unclear))),
            (r#"</b>; rel: "next""#, Some(NextPage(Step::Unclear))),
            (r#"{"next": "/b"}"#, Some(NextPage(Step::Unclear))),
            (r#"/next; rel="last""#, None),
            (r#"</a>; title="next"; rel="last", </next>; rel="x-next""#, None),
            ("", None),
        ] {
            assert_eq!(NextPage::of_link(header), next, "{header}");
        }
    }
}
