//! The position of a stream, and how it is written in its states.

use crate::error::Result;
use crate::json_text::JsonText;
use crate::text_map::TextMap;

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

/// The key of a state that holds a state in another format, which partitions without a position start from. Until all
/// partitions have been read.
pub(crate) const GIVEN: &str = "given";

/// The position of each partition that has one, as JSON, by the partition's name. A map of JSON values would take twenty times
/// as much memory.
pub(crate) type PartitionPositions = TextMap;

/// The position of a stream. Positions are JSON.
pub(super) enum Positions {
    /// An unpartitioned stream: the state that the read resumed from, and the position reached since, if a state may contain it.
    Whole { given: JsonText, at: Option<String> },
    /// A partitioned stream whose partitions are not listed yet: the state that the read resumed from.
    Unlisted { given: JsonText },
    /// A partitioned stream. `given` is a state in another format from which partitions without a position start.
    Partitions {
        positions: PartitionPositions,
        next: Option<String>,
        given: Option<JsonText>,
        parent: Option<ParentState>,
    },
}

impl Positions {
    /// Returns the position of a read that resumed from this state.
    pub(super) fn given(state: JsonText) -> Self {
        Self::Whole { given: state, at: None }
    }

    /// Returns which partition is next.
    pub(super) fn next(&self) -> Option<&str> {
        match self {
            Self::Partitions { next, .. } => next.as_deref(),
            Self::Whole { .. } | Self::Unlisted { .. } => None,
        }
    }

    pub(super) fn are_partitioned(&self) -> bool {
        !matches!(self, Self::Whole { .. })
    }

    /// Returns whether a state that covers all records written so far may be sent before the end of the stream.
    pub(super) fn can_checkpoint(&self) -> bool {
        !matches!(self, Self::Whole { at: None, .. })
    }

    /// Updates the position of this partition, or of the unpartitioned stream. Returns whether it has changed.
    pub(super) fn update(&mut self, partition: Option<&str>, update: PositionUpdate) -> bool {
        match (self, partition, update) {
            (_, _, PositionUpdate::Keep) | (Self::Unlisted { .. }, ..) => false,
            (Self::Whole { given, at }, _, update) => {
                let before = at.take();
                if let PositionUpdate::Set(position) = update {
                    *at = Some(position);
                }
                before.as_deref().unwrap_or(given.get()) != at.as_deref().unwrap_or(given.get())
            }
            (Self::Partitions { positions, .. }, Some(name), PositionUpdate::Set(position)) => {
                positions.set(name, &position)
            }
            (Self::Partitions { positions, .. }, Some(name), PositionUpdate::Clear) => positions.remove(name),
            (Self::Partitions { .. }, None, _) => false,
        }
    }

    /// Appends the state of the stream to a line. Without a copy of it, since it may be large.
    pub(super) fn write_state(&self, line: &mut Vec<u8>) -> Result<()> {
        let (positions, next, given, parent) = match self {
            Self::Whole { at: Some(state), .. } => {
                line.extend_from_slice(state.as_bytes());
                return Ok(());
            }
            Self::Whole { given, at: None } | Self::Unlisted { given } => {
                line.extend_from_slice(given.get().as_bytes());
                return Ok(());
            }
            Self::Partitions { positions, next, given, parent } => (positions, next, given, parent),
        };
        line.push(b'{');
        serde_json::to_writer(&mut *line, PARTITIONS)?;
        line.extend_from_slice(b":{");
        for (place, (name, position)) in positions.iter().enumerate() {
            if place > 0 {
                line.push(b',');
            }
            serde_json::to_writer(&mut *line, name)?;
            line.push(b':');
            line.extend_from_slice(position.as_bytes());
        }
        line.push(b'}');
        if let Some(next) = next {
            line.push(b',');
            serde_json::to_writer(&mut *line, NEXT)?;
            line.push(b':');
            serde_json::to_writer(&mut *line, next)?;
        }
        if let Some(given) = given {
            line.push(b',');
            serde_json::to_writer(&mut *line, GIVEN)?;
            line.push(b':');
            line.extend_from_slice(given.get().as_bytes());
        }
        if let Some(ParentState { name, state }) = parent {
            line.push(b',');
            serde_json::to_writer(&mut *line, PARENT)?;
            line.extend_from_slice(b":{");
            serde_json::to_writer(&mut *line, name)?;
            line.push(b':');
            line.extend_from_slice(state.as_bytes());
            line.push(b'}');
        }
        line.push(b'}');
        Ok(())
    }
}

/// The change that a block makes to the position of its partition or stream.
#[derive(Clone)]
pub(crate) enum PositionUpdate<P = String> {
    Keep,
    /// The new position; a `String` is JSON.
    Set(P),
    /// Removes the position, because earlier states must be retracted.
    Clear,
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn state(positions: &Positions) -> String {
        let mut line = Vec::new();
        positions.write_state(&mut line).unwrap();
        String::from_utf8(line).unwrap()
    }

    #[test]
    fn cleared_position_is_in_no_state() {
        let set = |position: &str| PositionUpdate::Set(position.to_owned());
        let mut positions = Positions::Partitions {
            positions: TextMap::new(),
            next: Some("b".to_owned()),
            given: None,
            parent: None,
        };
        assert!(positions.update(Some("a"), set(r#"{"id":1}"#)));
        assert!(positions.update(Some("b"), set(r#"{"id":2}"#)));
        assert!(!positions.update(Some("b"), PositionUpdate::Keep));
        let both = r#"{"partitions":{"a":{"id":1},"b":{"id":2}},"next":"b"}"#;
        assert_eq!(state(&positions), both);
        assert!(positions.update(Some("b"), PositionUpdate::Clear));
        assert_eq!(state(&positions), r#"{"partitions":{"a":{"id":1}},"next":"b"}"#);
        let mut positions = Positions::given(JsonText::of(&json!({"id": 0})));
        assert!(!positions.can_checkpoint());
        assert!(positions.update(None, set(r#"{"id":1}"#)));
        assert_eq!((state(&positions).as_str(), positions.can_checkpoint()), (r#"{"id":1}"#, true));
        assert!(positions.update(None, PositionUpdate::Clear));
        assert_eq!((state(&positions).as_str(), positions.can_checkpoint()), (r#"{"id":0}"#, false));
        // Until the partitions are listed, positions are not updated.
        let mut positions = Positions::Unlisted { given: JsonText::empty_object() };
        assert!(!positions.update(Some("a"), set(r#"{"id":1}"#)));
        assert_eq!(state(&positions), "{}");
    }

    /// Otherwise each failed read would send its state again.
    #[test]
    fn equal_position_is_no_change() {
        let set = || PositionUpdate::Set(r#"{"id":1}"#.to_owned());
        let mut positions =
            Positions::Partitions { positions: TextMap::new(), next: None, given: None, parent: None };
        assert_eq!([(); 2].map(|()| positions.update(Some("a"), set())), [true, false]);
        let mut positions = Positions::given(JsonText::of(&json!({"id": 1})));
        assert_eq!([(); 2].map(|()| positions.update(None, set())), [false, false]);
        assert!(positions.can_checkpoint());
    }
}
