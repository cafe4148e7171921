//! The ways to find the next page: a file for each.
//!
//! To add one, write a constructor of [`Pagination`](super::Pagination) in a file of its own. It says what the next
//! request depends on, by the kind of pagination that it returns: a header ([`ByHeader`](super::ByHeader)), a count
//! ([`ByCount`](super::ByCount)) or the body ([`ByBody`](super::ByBody)). Everything else works for all of them.

mod header_token;
mod link_header;
mod next_page;
mod next_url;
mod offset;
mod page_number;
mod token;
