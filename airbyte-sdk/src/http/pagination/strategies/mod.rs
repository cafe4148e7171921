//! The constructors of [`Pagination`](super::Pagination), one per file.
//!
//! A new constructor returns a pagination of the kind that it depends on: a header ([`ByHeader`](super::ByHeader)), a
//! count ([`ByCount`](super::ByCount)) or the body ([`ByBody`](super::ByBody)). Everything else works for all of them.

mod header_token;
mod link_header;
mod next_page;
mod next_url;
mod offset;
mod page_number;
mod token;
