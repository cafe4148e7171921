//! `spec`: what the connector needs to be configured with. Needs no configuration and no network.

use crate::protocol::AirbyteMessage;
use crate::source::Source;

pub(crate) fn spec<C>(source: &Source<C>) -> AirbyteMessage {
    AirbyteMessage::Spec(Box::new((source.config.specification)()))
}
