//! Pages to read: what becomes of each type, and how data is fetched over HTTP. All of them are made from the tests, and hold
//! as long as those do. A page on each mistake and the compiler's message for it is in the repository, `docs/mistakes.md`.

#[doc = include_str!("../docs/forms.md")]
pub mod forms {}

#[doc = include_str!("../docs/records.md")]
pub mod records {}

/// Recipes for fetching over HTTP, with [`Http`](crate::Http), [`Request`](crate::http::Request) and their neighbours in
/// [`http`](crate::http).
///
#[doc = include_str!("../docs/cookbook.md")]
pub mod cookbook {}
