//! Resolves links to a next page.

use crate::http::url::{Parts, encoded};

/// Returns whether the target of a reference depends on the path of the base URL.
pub(super) fn depends_on_path(reference: &str) -> bool {
    let parts = Parts::of(reference.trim());
    parts.authority.is_none() && !parts.path.is_empty() && !parts.path.starts_with('/')
}

/// Resolves a reference against `base` by RFC 3986 (section 5.2), but always at the origin of `base`: of an absolute
/// URL only path and query are used. `None` if it is not a reference to an HTTP resource.
pub(in crate::http) fn resolve_at_origin(base: &str, reference: &str) -> Option<String> {
    let reference = encoded(reference.trim_matches(|letter: char| letter.is_ascii_whitespace()));
    let (home, to) = (Parts::of(base), Parts::of(&reference));
    let (scheme, authority) = (home.scheme?, home.authority?);
    if to.scheme.is_some()
        && (to.authority.is_none() || !["http", "https"].contains(&&*to.scheme?.to_ascii_lowercase()))
    {
        return None;
    }
    if to.authority.is_some_and(str::is_empty) {
        return None;
    }
    let (path, query) = if to.authority.is_some() || to.path.starts_with('/') {
        (without_dots(to.path), to.query)
    } else if to.path.is_empty() {
        (home.path.to_owned(), to.query.or(home.query))
    } else {
        let folder = home.path.rfind('/').map_or("/", |end| &home.path[..=end]);
        (without_dots(&format!("{folder}{}", to.path)), to.query)
    };
    let slash = if path.starts_with('/') { "" } else { "/" };
    let query = query.map_or_else(String::new, |query| format!("?{query}"));
    Some(format!("{scheme}://{authority}{slash}{path}{query}"))
}

/// Removes dot segments (RFC 3986, section 5.2.4).
fn without_dots(path: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    let segments: Vec<&str> = path.strip_prefix('/').unwrap_or(path).split('/').collect();
    for (index, segment) in segments.iter().enumerate() {
        let is_last = index + 1 == segments.len();
        match *segment {
            "." | ".." => {
                if *segment == ".." {
                    kept.pop();
                }
                if is_last {
                    kept.push("");
                }
            }
            segment => kept.push(segment),
        }
    }
    format!("/{}", kept.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_resolve_as_in_rfc_3986_5_4() {
        let base = "http://a/b/c/d;p?q";
        for (reference, expected) in [
            ("g", "/b/c/g"),
            ("./g", "/b/c/g"),
            ("g/", "/b/c/g/"),
            ("/g", "/g"),
            ("?y", "/b/c/d;p?y"),
            ("g?y", "/b/c/g?y"),
            ("#s", "/b/c/d;p?q"),
            ("g#s", "/b/c/g"),
            ("g?y#s", "/b/c/g?y"),
            (";x", "/b/c/;x"),
            ("g;x", "/b/c/g;x"),
            ("g;x?y#s", "/b/c/g;x?y"),
            ("", "/b/c/d;p?q"),
            (".", "/b/c/"),
            ("./", "/b/c/"),
            ("..", "/b/"),
            ("../", "/b/"),
            ("../g", "/b/g"),
            ("../..", "/"),
            ("../../", "/"),
            ("../../g", "/g"),
            ("../../../g", "/g"),
            ("../../../../g", "/g"),
            ("/./g", "/g"),
            ("/../g", "/g"),
            ("g.", "/b/c/g."),
            (".g", "/b/c/.g"),
            ("g..", "/b/c/g.."),
            ("..g", "/b/c/..g"),
            ("./../g", "/b/g"),
            ("./g/.", "/b/c/g/"),
            ("g/./h", "/b/c/g/h"),
            ("g/../h", "/b/c/h"),
            ("g;x=1/./y", "/b/c/g;x=1/y"),
            ("g;x=1/../y", "/b/c/y"),
            ("g?y/./x", "/b/c/g?y/./x"),
            ("g?y/../x", "/b/c/g?y/../x"),
            // Absolute URLs: only path and query are used.
            ("//g", "/"),
            ("//g/x?y", "/x?y"),
            ("https://g:1/x/../z?y", "/z?y"),
            ("HTTPS://u@g", "/"),
        ] {
            assert_eq!(
                resolve_at_origin(base, reference).as_deref(),
                Some(&*format!("http://a{expected}")),
                "{reference}"
            );
        }
        assert_eq!(resolve_at_origin("http://a:1", "g").as_deref(), Some("http://a:1/g"));
        assert_eq!(resolve_at_origin("http://a?q", "?y").as_deref(), Some("http://a/?y"));
        for reference in ["g:h", "http:g", "ftp://g/x", "mailto:a@b", "http://", "http:///x", "///x", "//"] {
            assert_eq!(resolve_at_origin(base, reference), None, "{reference}");
        }
    }
}
