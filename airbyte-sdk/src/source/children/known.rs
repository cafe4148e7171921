//! What a state in another format says about parents, whose names are not known before they come.

use super::super::partition_state::{Named, Others, no_position};
use crate::error::Error;
use crate::panics;
use crate::stream::{Stream, StreamInfo};

/// What a state in another format says about parents.
#[derive(Default)]
pub(super) struct Known {
    pub(super) named: Option<Named>,
    pub(super) others: Others,
}

impl Known {
    /// Returns whether a parent has to be in it, because it says something about some parents only.
    pub(super) fn is_partial(&self) -> bool {
        self.named.is_some() || matches!(self.others, Others::Older(_))
    }

    /// Returns whether this parent is in it. An error is reported when the children of the parent are read.
    pub(super) fn contains<T: Stream>(&self, info: &StreamInfo, name: &str) -> bool {
        let position = || panics::catch(|| self.others.position_of::<T>(info, name));
        self.named.as_ref().map_or_else(|| !matches!(position(), Ok(None)), |named| named.contains(name))
    }

    /// Returns the error if it contains none of the parents, of which one is given.
    pub(super) fn contains_none<T: Stream>(&self, info: &StreamInfo, example: &str) -> Error {
        match (&self.named, &self.others) {
            (Some(named), _) => named.none_is_listed(info, example),
            (None, Others::Older(state)) => no_position::<T>(info, state),
            (None, _) => Error::stopped(),
        }
    }
}
