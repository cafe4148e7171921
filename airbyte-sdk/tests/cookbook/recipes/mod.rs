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
    "Reading an answer": whole_json, elements, json_lines, #[cfg(feature = "csv")] csv, report, complete;
    "Large pages while they arrive": elements_over_pages, linked_elements, elements_by_header, numbered_elements,
        offset_elements, graphql;
    "Trouble and patience": error_responses, timeouts_and_sizes;
}
