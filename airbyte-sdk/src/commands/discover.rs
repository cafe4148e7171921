//! `discover`: which streams there are.

use crate::error::Result;
use crate::protocol::{AirbyteCatalog, AirbyteMessage};
use crate::source::Source;

/// The configuration has been read, and so is valid; streams that are known at compile time need nothing of it.
pub(crate) fn discover<C>(source: &Source<C>, _config: &C) -> Result<AirbyteMessage> {
    Ok(AirbyteMessage::Catalog(AirbyteCatalog::new(source.catalog()?)))
}
