//! Pages to read: what becomes of each type, and what the compiler says to each mistake. All of them are made from the
//! tests, and hold as long as those do.

#[doc = include_str!("../docs/forms.md")]
pub mod forms {}

#[doc = include_str!("../docs/records.md")]
pub mod records {}

#[doc = include_str!("../docs/mistakes.md")]
pub mod mistakes {}
