//! The types that partitions can have.

use std::fmt::Display;

/// A partition of a stream. Implemented for all types that are [`Display`], [`Send`], [`Sync`] and `'static`; `Display`
/// names the partition in the state. A [`Product`](super::Product) is a partition of two or three parts.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a partition",
    label = "`{Self}` must implement `Display`, which names it in the state, and be `Send` and `Sync`",
    note = "combine two or three partitions in a `stream::Product`: `Product((account, month))`"
)]
pub trait Partition: Display + Send + Sync + 'static {}

#[diagnostic::do_not_recommend]
impl<P: Display + Send + Sync + 'static> Partition for P {}
