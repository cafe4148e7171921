//! The recipes, in the order of the page.

use crate::Chapter;

macro_rules! cookbook {
    ($($title:literal: $($(#[$condition:meta])? $name:ident),+;)+) => {
        $($($(#[$condition])? pub(crate) mod $name;)+)+

        pub(crate) fn all() -> Vec<Chapter> {
            vec![$(Chapter {
                title: $title,
                recipes: vec![$((stringify!($name), include_str!(concat!(stringify!($name), ".rs")))),+],
            }),+]
        }
    };
}
cookbook! {
    "Page after page": next_url, link_header, token_in_the_body, token_in_a_header, page_numbers, offsets, post_search;
    "Signing in": bearer, key_in_a_header, key_in_the_query, basic, oauth_client_credentials, oauth_refresh_token;
    "Reading an answer": whole_json, elements, elements_over_pages, json_lines, #[cfg(feature = "csv")] csv;
    "Trouble and patience": what_refusals_mean, limits;
}
