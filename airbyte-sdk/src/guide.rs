//! Pages to read: what becomes of each type, how things are fetched over HTTP, and what the compiler says to each
//! mistake. All of them are made from the tests, and hold as long as those do.

#[doc = include_str!("../docs/forms.md")]
pub mod forms {}

#[doc = include_str!("../docs/records.md")]
pub mod records {}

/// Recipes for fetching over HTTP, with [`Http`](crate::Http), [`Request`](crate::http::Request) and their neighbours in
/// [`http`](crate::http).
///
#[doc = include_str!("../docs/cookbook.md")]
pub mod cookbook {}

#[doc = include_str!("../docs/mistakes.md")]
pub mod mistakes {}
