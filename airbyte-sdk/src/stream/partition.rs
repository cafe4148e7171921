//! The types that partitions can have.

use std::fmt::Display;

/// A partition of a stream. Implemented for all types that are [`Display`], [`Send`], [`Sync`] and `'static`; `Display`
/// names the partition in the state.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a partition: it must implement `Display`, `Send` and `Sync`",
    label = "implement `std::fmt::Display` for `{Self}`: it names the partition in the state"
)]
pub trait Partition: Display + Send + Sync + 'static {}

#[diagnostic::do_not_recommend]
impl<P: Display + Send + Sync + 'static> Partition for P {}
