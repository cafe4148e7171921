//! Checks the types in the signatures of an author's functions, for compile errors that say what to write.
//!
//! `#[airbyte_source]` cannot see the type of a cursor, or what `Result` stands for. If generated code passed the values
//! through as they are, the compiler would report a wrong type as a mismatch with code that the author did not write.
//! Each trait here is implemented for the right type only, and its `on_unimplemented` is the error for every other type.
//! None of them is recommended by the compiler, and none costs anything at run time.

use super::Check;
use crate::cursor::{Cursor, NoCursor};
use crate::emitter::Emitter;
use crate::error::Result;
use crate::http::Http;
use crate::stream::Stream;

/// The type of `since`.
#[diagnostic::on_unimplemented(
    message = "`since` must be `Option<{C}>`, the type of the cursor of `{Record}`",
    label = "write `Option<{C}>`"
)]
pub trait Since<C, Record> {
    /// Returns the cursor itself.
    fn from_cursor(cursor: Option<C>) -> Self;
}

#[diagnostic::do_not_recommend]
impl<C: Cursor, Record> Since<C, Record> for Option<C> {
    fn from_cursor(cursor: Option<C>) -> Self {
        cursor
    }
}

/// A record without a cursor is reported where the stream is added, and not for its `since` as well.
#[diagnostic::do_not_recommend]
impl<T, Record> Since<NoCursor, Record> for Option<T> {
    fn from_cursor(cursor: Option<NoCursor>) -> Self {
        cursor.map(|cursor| match cursor {})
    }
}

/// Passes the cursor to a fetch function.
pub fn since<Record, C, S: Since<C, Record>>(cursor: Option<C>) -> S {
    S::from_cursor(cursor)
}

/// What a fetch or check function returns.
#[diagnostic::on_unimplemented(
    message = "the return type must be `airbyte_sdk::Result<()>`, found `{Self}`",
    label = "write `airbyte_sdk::Result<()>`",
    note = "make an error with `Error::config(\"…\")`, `Error::transient(\"…\")` or `Error::system(\"…\")`; `?` converts every `std::error::Error`"
)]
pub trait ReturnsNothing {
    /// Returns the result itself.
    fn result(self) -> Result<()>;
}

#[diagnostic::do_not_recommend]
impl ReturnsNothing for Result<()> {
    fn result(self) -> Self {
        self
    }
}

/// Passes on what a fetch function returned.
pub fn fetched(result: impl ReturnsNothing) -> Result<()> {
    result.result()
}

/// Returns the check function. Boxed, since an `impl Fn` would have a wrong `R` reported twice.
pub fn check<C, R: ReturnsNothing>(check: impl Fn(&C, &Http) -> R + Send + Sync + 'static) -> Check<C> {
    Box::new(move |config, http| check(config, http).result())
}

/// What a function that lists partitions returns.
#[diagnostic::on_unimplemented(
    message = "the partitions must be listed as `airbyte_sdk::Result<Vec<…>>`, found `{Self}`",
    label = "must return `airbyte_sdk::Result<Vec<…>>`",
    note = "make an error with `Error::config(\"…\")`, `Error::transient(\"…\")` or `Error::system(\"…\")`; `?` converts every `std::error::Error`"
)]
pub trait ReturnsPartitions {
    /// What the list contains.
    type Partition;

    /// Returns the result itself.
    fn result(self) -> Result<Vec<Self::Partition>>;
}

#[diagnostic::do_not_recommend]
impl<P> ReturnsPartitions for Result<Vec<P>> {
    type Partition = P;

    fn result(self) -> Self {
        self
    }
}

/// Returns the function that lists partitions.
pub fn list<C, R: ReturnsPartitions>(list: impl Fn(&C, &Http) -> R + Send + Sync + 'static) -> List<C, R> {
    Box::new(move |config, http| list(config, http).result())
}

type List<C, R> = Box<dyn Fn(&C, &Http) -> Result<Vec<<R as ReturnsPartitions>::Partition>> + Send + Sync>;

/// What a fetch function without an `Emitter` returns.
#[diagnostic::on_unimplemented(
    message = "the return type must be `airbyte_sdk::Result<impl Iterator<Item = airbyte_sdk::Result<…>>>`, found `{Self}`",
    label = "the error type must be `airbyte_sdk::Error`",
    note = "make an error with `Error::config(\"…\")`, `Error::transient(\"…\")` or `Error::system(\"…\")`; `?` converts every `std::error::Error`"
)]
pub trait ReturnsRecords {
    /// The iterator.
    type Records;

    /// Returns the result itself.
    fn result(self) -> Result<Self::Records>;
}

#[diagnostic::do_not_recommend]
impl<I> ReturnsRecords for Result<I> {
    type Records = I;

    fn result(self) -> Self {
        self
    }
}

/// An item of the iterator.
#[diagnostic::on_unimplemented(
    message = "the iterator must have items of type `airbyte_sdk::Result<{Record}>`, found `{Self}`",
    label = "write `airbyte_sdk::Result<impl Iterator<Item = airbyte_sdk::Result<{Record}>>>`"
)]
pub trait ReturnedRecord<Record> {
    /// Returns the item itself.
    fn result(self) -> Result<Record>;
}

#[diagnostic::do_not_recommend]
impl<Record> ReturnedRecord<Record> for Result<Record> {
    fn result(self) -> Self {
        self
    }
}

/// Emits the records that a fetch function returned.
pub fn emit_returned<T, R>(out: &mut Emitter<T>, returned: R) -> Result<()>
where
    T: Stream,
    R: ReturnsRecords<Records: IntoIterator<Item: ReturnedRecord<T>>>,
{
    out.try_extend(returned.result()?.into_iter().map(ReturnedRecord::result))
}
