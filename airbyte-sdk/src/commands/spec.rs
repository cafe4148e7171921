//! `spec`: what the connector needs to be configured with. Needs no configuration and no network.

use crate::protocol::AirbyteMessage;
use crate::spec::{self, AirbyteSpec};

pub(crate) fn spec<C: AirbyteSpec>() -> AirbyteMessage {
    AirbyteMessage::Spec(Box::new(spec::specification::<C>()))
}
