//! `spec`: describes the connector's configuration. Needs neither a configuration nor the network.

use crate::error::Result;
use crate::protocol::AirbyteMessage;
use crate::source::Source;

pub(crate) fn spec<C: Sync>(source: &Source<C>) -> Result<AirbyteMessage> {
    (source.config.specification)().map(|specification| AirbyteMessage::Spec(Box::new(specification)))
}
