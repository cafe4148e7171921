//! `spec`: what the connector needs to be configured with. Needs no configuration and no network.

use crate::error::Result;
use crate::output::Output;
use crate::protocol::AirbyteMessage;
use crate::spec::{self, AirbyteSpec};

pub(crate) fn spec<C: AirbyteSpec>(output: &Output) -> Result<()> {
    output.message(AirbyteMessage::Spec(Box::new(spec::specification::<C>())))
}
