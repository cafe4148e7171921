//! The position of a stream, and how it is written in its states.

use serde_json::Value;
use std::collections::BTreeMap;

/// The key of a state that holds the positions of the partitions, by their names.
pub(crate) const PARTITIONS: &str = "partitions";

/// The key of a state that holds the name of the partition that is next, until all have been read. The order of the
/// positions cannot express it, since platforms do not preserve the order of keys.
pub(crate) const NEXT: &str = "next";

/// The key of a state of children that holds the state of their parent stream, by its name.
pub(crate) const PARENT: &str = "parent";

/// The state of a parent stream.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ParentState {
    /// The name of the stream.
    pub(crate) name: &'static str,
    /// Its state, as JSON.
    pub(crate) state: String,
}

/// The position of each partition that has one, as JSON, by the partition's name. Kept as strings because a map of JSON
/// values would take several times as much memory.
pub(crate) type PartitionPositions = BTreeMap<Box<str>, Box<str>>;

/// The position of a stream. All strings are JSON.
pub(super) enum Positions {
    /// An unpartitioned stream: the state that the read resumed from, and the position reached since, if a state may contain it.
    Whole { given: String, at: Option<String> },
    /// A partitioned stream whose partitions are not listed yet: the state that the read resumed from.
    Unlisted { given: String },
    /// A partitioned stream.
    Partitions { positions: PartitionPositions, next: Option<String>, parent: Option<ParentState> },
}

impl Positions {
    /// Returns the position of a read that resumed from this state.
    pub(super) fn given(state: String) -> Self {
        Self::Whole { given: state, at: None }
    }

    pub(super) fn are_partitioned(&self) -> bool {
        !matches!(self, Self::Whole { .. })
    }

    /// Returns whether a state that covers all records written so far may be sent before the end of the stream.
    pub(super) fn can_checkpoint(&self) -> bool {
        !matches!(self, Self::Whole { at: None, .. })
    }

    /// Updates the position of this partition, or of the unpartitioned stream.
    pub(super) fn update(&mut self, partition: Option<&str>, update: PositionUpdate) {
        match (self, partition, update) {
            (_, _, PositionUpdate::Keep) | (Self::Unlisted { .. }, ..) => {}
            (Self::Whole { at, .. }, _, PositionUpdate::Set(position)) => *at = Some(position),
            (Self::Whole { at, .. }, _, PositionUpdate::Clear) => *at = None,
            (Self::Partitions { positions, .. }, Some(name), PositionUpdate::Set(position)) => {
                match positions.get_mut(name) {
                    Some(place) => *place = position.into(),
                    None => drop(positions.insert(name.into(), position.into())),
                }
            }
            (Self::Partitions { positions, .. }, Some(name), PositionUpdate::Clear) => {
                positions.remove(name);
            }
            (Self::Partitions { .. }, None, _) => {}
        }
    }

    /// Returns the state of the stream, as JSON.
    pub(super) fn to_state(&self) -> String {
        let (positions, next, parent) = match self {
            Self::Whole { at: Some(state), .. }
            | Self::Whole { given: state, at: None }
            | Self::Unlisted { given: state } => return state.clone(),
            Self::Partitions { positions, next, parent } => (positions, next, parent),
        };
        let quoted = |text: &str| Value::from(text).to_string();
        let mut state = format!("{{{}:{{", quoted(PARTITIONS));
        for (place, (name, position)) in positions.iter().enumerate() {
            state.push_str(if place > 0 { "," } else { "" });
            state.push_str(&quoted(name));
            state.push(':');
            state.push_str(position);
        }
        state.push('}');
        if let Some(next) = next {
            state.push_str(&format!(",{}:{}", quoted(NEXT), quoted(next)));
        }
        if let Some(ParentState { name, state: of_parent }) = parent {
            state.push_str(&format!(",{}:{{{}:{of_parent}}}", quoted(PARENT), quoted(name)));
        }
        state.push('}');
        state
    }
}

/// The change that a block makes to the position of its partition or stream.
pub(crate) enum PositionUpdate {
    Keep,
    /// The new position, as JSON.
    Set(String),
    /// Removes the position, because earlier states must be retracted.
    Clear,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cleared_position_is_in_no_state() {
        let set = |position: &str| PositionUpdate::Set(position.to_owned());
        let mut positions =
            Positions::Partitions { positions: BTreeMap::new(), next: Some("b".to_owned()), parent: None };
        positions.update(Some("a"), set(r#"{"id":1}"#));
        positions.update(Some("b"), set(r#"{"id":2}"#));
        positions.update(Some("b"), PositionUpdate::Keep);
        let both = r#"{"partitions":{"a":{"id":1},"b":{"id":2}},"next":"b"}"#;
        assert_eq!(positions.to_state(), both);
        positions.update(Some("b"), PositionUpdate::Clear);
        assert_eq!(positions.to_state(), r#"{"partitions":{"a":{"id":1}},"next":"b"}"#);
        let mut positions = Positions::given(r#"{"id":0}"#.to_owned());
        assert!(!positions.can_checkpoint());
        positions.update(None, set(r#"{"id":1}"#));
        assert_eq!((positions.to_state().as_str(), positions.can_checkpoint()), (r#"{"id":1}"#, true));
        positions.update(None, PositionUpdate::Clear);
        assert_eq!((positions.to_state().as_str(), positions.can_checkpoint()), (r#"{"id":0}"#, false));
        // Until the partitions are listed, positions are not updated.
        let mut positions = Positions::Unlisted { given: "{}".to_owned() };
        positions.update(Some("a"), set(r#"{"id":1}"#));
        assert_eq!(positions.to_state(), "{}");
    }
}
