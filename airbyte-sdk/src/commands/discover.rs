//! `discover`: which streams there are.

use crate::error::Result;
use crate::output::Output;
use crate::protocol::{AirbyteCatalog, AirbyteMessage};
use crate::source::Source;

/// The configuration has been read, and so is valid; streams that are known at compile time need nothing of it.
pub(crate) fn discover<C>(source: &Source<C>, _config: &C, output: &Output) -> Result<()> {
    let streams = source.streams.iter().map(|stream| stream.describe()).collect();
    output.message(&AirbyteMessage::Catalog(AirbyteCatalog::new(streams)))
}
