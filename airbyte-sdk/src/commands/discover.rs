//! `discover`: which streams there are.

use crate::error::Result;
use crate::output::Output;
use crate::protocol::{AirbyteCatalog, AirbyteMessage};
use crate::source::Source;
use crate::spec::AirbyteSpec;

/// The configuration has been read, and so is valid; streams that are known at compile time need nothing of it.
pub(crate) fn discover<C: AirbyteSpec>(source: &Source<C>, _config: &C, output: &Output) -> Result<()> {
    output.message(AirbyteMessage::Catalog(AirbyteCatalog::new(source.catalog()?)))
}
