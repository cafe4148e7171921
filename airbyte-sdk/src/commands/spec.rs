//! `spec`: which settings the connector needs. Needs no configuration and no network.

use crate::error::Result;
use crate::output::Output;
use crate::protocol::AirbyteMessage;
use crate::spec::{self, AirbyteSpec};

pub(crate) fn spec<C: AirbyteSpec>(output: &Output) -> Result<()> {
    output.message(&AirbyteMessage::Spec(Box::new(spec::specification::<C>())))
}
