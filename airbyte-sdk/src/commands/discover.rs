//! `discover`: lists the available streams.

use crate::error::Result;
use crate::protocol::{AirbyteCatalog, AirbyteMessage};
use crate::source::Source;

/// Takes the configuration only because a valid one is required; streams known at compile time do not depend on it.
pub(crate) fn discover<C: Sync>(source: &Source<C>, _config: &C) -> Result<AirbyteMessage> {
    Ok(AirbyteMessage::Catalog(AirbyteCatalog::new(source.catalog()?)))
}
