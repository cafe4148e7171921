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
    "Pagination": next_url, link_header, token, header_token, page_number, offset, post_search, graphql, checked_pages,
        whole_pages;
    "Authentication": bearer, key_in_a_header, key_in_the_query, basic, oauth_client_credentials, oauth_refresh_token,
        choice_of_authentication;
    "Reading a response": whole_json, elements, json_lines, #[cfg(feature = "csv")] csv, report, complete;
    "Incremental reads and partitions": incremental, windows, parallel_windows, newest_first,
        client_side_filter, partitions, groups, product_partitions, shared_rows;
    "Errors and limits": error_responses, timeouts_and_sizes;
}
