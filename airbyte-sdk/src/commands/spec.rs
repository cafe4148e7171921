//! `spec`: describes the connector's configuration. Needs neither a configuration nor the network.

use crate::protocol::AirbyteMessage;
use crate::source::Source;

pub(crate) fn spec<C>(source: &Source<C>) -> AirbyteMessage {
    AirbyteMessage::Spec(Box::new((source.config.specification)()))
}
