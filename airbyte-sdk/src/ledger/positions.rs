//! How far a stream has come, as its states say it.

use serde_json::Value;
use std::collections::BTreeMap;

/// The key of a state under which the positions of the partitions stand, each by its name.
pub(crate) const PARTITIONS: &str = "partitions";

/// The key beside it under which the name of the partition stands that comes next, as long as not all have had their turn.
/// The order of the positions does not say it: platforms keep states in forms that have none.
pub(crate) const NEXT: &str = "next";

/// The position of each partition that has one, as JSON, by the partition's name. There may be very many, and a map of JSON
/// values would take several times as much memory.
pub(crate) type PartitionPositions = BTreeMap<Box<str>, Box<str>>;

/// How far a stream has come. All texts are JSON.
pub(super) enum Positions {
    /// Of a stream that is read in one go: the state that the read was given, and the position since, if one is legal.
    Whole { given: String, at: Option<String> },
    /// Of a stream in partitions, until it is known which there are: the state that the read was given.
    Unlisted { given: String },
    /// Of a stream in partitions.
    Partitions { positions: PartitionPositions, next: Option<String> },
}

impl Positions {
    /// The state that the read was given.
    pub(super) fn given(state: String) -> Self {
        Self::Whole { given: state, at: None }
    }

    pub(super) fn are_of_partitions(&self) -> bool {
        !matches!(self, Self::Whole { .. })
    }

    /// Whether a state may be sent that covers all records which have left, though the stream has not ended.
    pub(super) fn are_legal(&self) -> bool {
        !matches!(self, Self::Whole { at: None, .. })
    }

    /// Moves the position of this partition, or of the whole stream.
    pub(super) fn set(&mut self, partition: Option<&str>, position: Position) {
        match (self, partition, position) {
            (_, _, Position::Unmoved) | (Self::Unlisted { .. }, ..) => {}
            (Self::Whole { at, .. }, _, Position::At(position)) => *at = Some(position),
            (Self::Whole { at, .. }, _, Position::Nowhere) => *at = None,
            (Self::Partitions { positions, .. }, Some(name), Position::At(position)) => {
                match positions.get_mut(name) {
                    Some(place) => *place = position.into(),
                    None => drop(positions.insert(name.into(), position.into())),
                }
            }
            (Self::Partitions { positions, .. }, Some(name), Position::Nowhere) => {
                positions.remove(name);
            }
            (Self::Partitions { .. }, None, _) => {}
        }
    }

    /// The state of the stream.
    pub(super) fn to_state(&self) -> String {
        let (positions, next) = match self {
            Self::Whole { at: Some(state), .. }
            | Self::Whole { given: state, at: None }
            | Self::Unlisted { given: state } => return state.clone(),
            Self::Partitions { positions, next } => (positions, next),
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
        state.push('}');
        state
    }
}

/// Where a partition, or a stream that is read in one go, has come to.
pub(crate) enum Position {
    /// To nothing that a state could say beyond what it has said before.
    Unmoved,
    /// Here, as JSON.
    At(String),
    /// To nothing at all: what was said before is taken back.
    Nowhere,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_that_is_taken_back_is_in_no_state() {
        let at = |position: &str| Position::At(position.to_owned());
        let mut positions = Positions::Partitions { positions: BTreeMap::new(), next: Some("b".to_owned()) };
        positions.set(Some("a"), at(r#"{"id":1}"#));
        positions.set(Some("b"), at(r#"{"id":2}"#));
        positions.set(Some("b"), Position::Unmoved);
        let both = r#"{"partitions":{"a":{"id":1},"b":{"id":2}},"next":"b"}"#;
        assert_eq!(positions.to_state(), both);
        positions.set(Some("b"), Position::Nowhere);
        assert_eq!(positions.to_state(), r#"{"partitions":{"a":{"id":1}},"next":"b"}"#);
        let mut positions = Positions::given(r#"{"id":0}"#.to_owned());
        assert!(!positions.are_legal());
        positions.set(None, at(r#"{"id":1}"#));
        assert_eq!((positions.to_state().as_str(), positions.are_legal()), (r#"{"id":1}"#, true));
        positions.set(None, Position::Nowhere);
        assert_eq!((positions.to_state().as_str(), positions.are_legal()), (r#"{"id":0}"#, false));
        // Until it is known which partitions there are, nothing moves.
        let mut positions = Positions::Unlisted { given: "{}".to_owned() };
        positions.set(Some("a"), at(r#"{"id":1}"#));
        assert_eq!(positions.to_state(), "{}");
    }
}
