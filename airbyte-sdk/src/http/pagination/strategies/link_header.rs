//! A URL in the `Link` header of the response.

use crate::http::pagination::next_page::{NextPage, Step};
use crate::http::pagination::{ByHeader, Pagination};

impl Pagination<ByHeader> {
    /// Follows the URL in the `Link` header with `rel="next"` (RFC 8288). A response without such a link is the last
    /// page.
    ///
    /// ```no_run
    /// # use airbyte_sdk::{Deserialize, Http, Result, http::Pagination};
    /// # #[derive(Deserialize)] struct Issue { title: String }
    /// # fn example(http: &Http) -> Result<()> {
    /// // Link: <https://code.example/issues?page=2>; rel="next", <https://code.example/issues?page=9>; rel="last"
    /// let issues = http.get("https://code.example/issues").elements::<Issue>("");
    /// for issue in issues.paginate(Pagination::link_header()) {
    ///     println!("{}", issue?.title);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias("RFC 8288", "RFC 5988", "web linking", "rel=next", "linked_pages", "linked_elements"))]
    pub fn link_header() -> Self {
        Self::by_header("link", |header| next_link(&header))
    }
}

/// Finds the link with `rel="next"` in a `Link` header, such as `<https://a.example/?page=2>; rel="next", <…>;
/// rel="last"`. One with `results="false"` (as Sentry sends it) leads to an empty page, and from there to the next
/// one, without end.
fn next_link(header: &str) -> Option<NextPage> {
    let (mut rest, mut unclear) = (header, false);
    while let Some((stray, link)) = rest.split_once('<') {
        unclear |= mentions_next(stray);
        // A link that is cut off is followed anyway: this page must not pass for the last one.
        let (url, parameters) = link.split_once('>').or_else(|| link.split_once(';')).unwrap_or((link, ""));
        let (own, following) = parameters_of_link(parameters);
        // The first `rel` counts, and any other is ignored (RFC 8288).
        let value = |name: &str| own.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str());
        let is_next = value("rel").is_some_and(has_next);
        unclear |= own.iter().any(|(name, value)| name.starts_with("rel:") && has_next(value));
        if is_next {
            let has_results =
                value("results").is_none_or(|value| !unquoted(value).eq_ignore_ascii_case("false"));
            return has_results.then(|| NextPage::url(url.trim()));
        }
        rest = following;
    }
    // If this page passed for the last one, pages would be missing.
    (unclear || mentions_next(rest)).then_some(NextPage(Step::Unclear))
}

/// Removes quotes that RFC 8288 does not allow, but some APIs send.
fn unquoted(value: &str) -> &str {
    value.trim_matches(|letter: char| letter.is_whitespace() || "'`\"‘’“”".contains(letter))
}

/// Returns whether one of the relations is `next`.
fn has_next(rel: &str) -> bool {
    rel.split_whitespace().any(|relation| unquoted(relation).eq_ignore_ascii_case("next"))
}

/// Returns whether text outside of any link, which should not be there, contains the relation `next`.
fn mentions_next(stray: &str) -> bool {
    stray.split([',', ';', '=', ':', '{', '}']).any(has_next)
}

/// Parses the parameters of a link, with names in lower case, and returns the text after the comma that ends it.
/// Commas and semicolons within a quoted value are part of the value.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn next_link_is_found_among_others() {
        let url = |text: &str| Some(NextPage::url(text));
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
            assert_eq!(next_link(header), next, "{header}");
        }
    }
}
