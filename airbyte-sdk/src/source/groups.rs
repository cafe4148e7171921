//! The partitions of a list, each to be read alone, or several in one call of the fetch function.
//!
//! Problem: an API takes many names in one request, but each partition has its own position in the state. A group is read from
//! its earliest position, so one partition that is behind would have the others read again. Its members change from one read
//! to the next, when partitions are added or removed, or some could not be read.
//!
//! Idea: partitions with similar positions are in the same group; those without one, which are read from their beginning, are
//! together. The state knows nothing of groups. The order of the groups is that of the list, by the first partition of each.
//!
//! What must stay true: the first group contains the first partition that is not finished, and the partitions before the
//! first one of a group are in the groups before it. So each read that settles a group moves `next` past a partition, however
//! positions overtake each other (see `round_robin.rs`).

use std::cmp::Ordering;
use std::slice;

/// The partitions of a stream with their names, as they are read.
pub(super) enum Partitions<P> {
    Alone(Vec<(String, P)>),
    InGroups {
        groups: Vec<Group<P>>,
        /// The names of those that are finished.
        finished: Vec<String>,
    },
}

/// Partitions that are read together.
pub(super) struct Group<P> {
    names: Vec<String>,
    partitions: Vec<P>,
}

/// A partition while groups are formed.
struct Member<C, P> {
    start: Start<C>,
    /// Its place in the list.
    place: usize,
    name: String,
    partition: P,
}

/// Where the read of a partition starts.
pub(super) enum Start<C> {
    /// An interrupted full refresh has finished it.
    Finished,
    Beginning,
    At(C),
    /// Its position is invalid.
    Invalid,
}

impl<P> Partitions<P> {
    /// Splits the partitions into groups of up to this size; 0 counts as 1.
    pub(super) fn in_groups<C: PartialOrd>(
        partitions: Vec<(String, P)>,
        size: usize,
        start: impl Fn(&str) -> Start<C>,
    ) -> Self {
        let (mut finished, mut unread) = (Vec::new(), Vec::new());
        for (place, (name, partition)) in partitions.into_iter().enumerate() {
            match start(&name) {
                Start::Finished => finished.push(name),
                start => unread.push(Member { start, place, name, partition }),
            }
        }
        // Stable, so that those with equal positions keep the order of the list.
        unread.sort_by(|one, other| one.start.compare(&other.start));
        let mut groups: Vec<Vec<Member<C, P>>> = Vec::new();
        for member in unread {
            match groups.last_mut() {
                // An invalid position fails no partition with a valid one.
                Some(group) if group.len() < size && group[0].start.kind() == member.start.kind() => {
                    group.push(member);
                }
                _ => groups.push(vec![member]),
            }
        }
        for group in &mut groups {
            group.sort_by_key(|member| member.place);
        }
        groups.sort_by_key(|group| group.first().map(|member| member.place));
        let groups = groups.into_iter().map(|group| {
            let (names, partitions) = group.into_iter().map(|member| (member.name, member.partition)).unzip();
            Group { names, partitions }
        });
        Self::InGroups { groups: groups.collect(), finished }
    }

    /// Returns the number of calls of the fetch function.
    pub(super) fn calls(&self) -> usize {
        match self {
            Self::Alone(partitions) => partitions.len(),
            Self::InGroups { groups, .. } => groups.len(),
        }
    }

    /// Returns the names and the partitions of one call.
    pub(super) fn get(&self, call: usize) -> Option<(&[String], &[P])> {
        match self {
            Self::Alone(partitions) => {
                let (name, partition) = partitions.get(call)?;
                Some((slice::from_ref(name), slice::from_ref(partition)))
            }
            Self::InGroups { groups, .. } => {
                let Group { names, partitions } = groups.get(call)?;
                Some((names, partitions))
            }
        }
    }

    /// Returns the names of all partitions in order.
    pub(super) fn sorted_names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = match self {
            Self::Alone(partitions) => partitions.iter().map(|(name, _)| name.as_str()).collect(),
            Self::InGroups { groups, finished } => {
                let names = groups.iter().flat_map(|group| &group.names);
                names.chain(finished).map(String::as_str).collect()
            }
        };
        names.sort_unstable();
        names
    }

    /// Returns what several calls are called in messages.
    pub(super) fn plural(&self) -> &'static str {
        match self {
            Self::Alone(_) => "partitions",
            Self::InGroups { .. } => "groups of partitions",
        }
    }
}

impl<C: PartialOrd> Start<C> {
    fn kind(&self) -> u8 {
        match self {
            Self::Finished | Self::Beginning => 0,
            Self::At(_) => 1,
            Self::Invalid => 2,
        }
    }

    fn compare(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::At(one), Self::At(other)) => one.partial_cmp(other).unwrap_or(Ordering::Equal),
            _ => self.kind().cmp(&other.kind()),
        }
    }
}

/// Describes the partitions with these names in an error.
pub(super) fn describe(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [name] => name.clone(),
        [first, _] => format!("{first} and 1 other"),
        [first, others @ ..] => format!("{first} and {} others", others.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grouped(size: usize, starts: &[(&str, Start<u8>)]) -> Partitions<String> {
        let partitions = starts.iter().map(|(name, _)| ((*name).to_owned(), format!("id of {name}")));
        Partitions::in_groups(partitions.collect(), size, |name| {
            match starts.iter().find(|(other, _)| *other == name) {
                Some((_, Start::At(at))) => Start::At(*at),
                Some((_, Start::Finished)) => Start::Finished,
                Some((_, Start::Invalid)) => Start::Invalid,
                Some((_, Start::Beginning)) | None => Start::Beginning,
            }
        })
    }

    fn names(partitions: &Partitions<String>) -> Vec<String> {
        let groups = (0..partitions.calls()).map(|call| partitions.get(call).unwrap());
        groups
            .map(|(names, partitions)| {
                let ids: Vec<String> = names.iter().map(|name| format!("id of {name}")).collect();
                assert_eq!(ids, partitions);
                names.join(" ")
            })
            .collect()
    }

    #[test]
    fn members_of_a_group_have_similar_positions() {
        let at = |name, at| (name, Start::At(at));
        let starts = [at("a", 9), at("b", 10), at("c", 2), ("d", Start::Beginning), at("e", 3), at("f", 100)];
        // As numbers: as text, 10 and 100 are before 2. A partition without a position would have the others read again.
        assert_eq!(names(&grouped(2, &starts)), ["a b", "c e", "d", "f"]);
        assert_eq!(names(&grouped(3, &starts)), ["a c e", "b f", "d"]);
        assert_eq!(names(&grouped(9, &starts)), ["a b c e f", "d"]);
        assert_eq!(names(&grouped(0, &starts)), ["a", "b", "c", "d", "e", "f"]);
    }

    #[test]
    fn groups_and_their_members_are_in_the_order_of_the_list() {
        let starts = ["d", "b", "c", "a", "e"].map(|name| (name, Start::Beginning));
        assert_eq!(names(&grouped(2, &starts)), ["d b", "c a", "e"]);
        let starts = [("d", Start::At(7)), ("b", Start::At(1)), ("c", Start::At(2)), ("a", Start::At(6))];
        assert_eq!(names(&grouped(2, &starts)), ["d a", "b c"]);
    }

    #[test]
    fn finished_partition_is_not_read_and_invalid_position_fails_no_valid_one() {
        let starts = [
            ("a", Start::Finished),
            ("b", Start::Invalid),
            ("c", Start::At(1)),
            ("d", Start::At(2)),
            ("e", Start::Invalid),
        ];
        let partitions = grouped(5, &starts);
        assert_eq!(names(&partitions), ["b e", "c d"]);
        assert_eq!(partitions.sorted_names(), ["a", "b", "c", "d", "e"]);
    }

    #[test]
    fn group_is_described_by_its_first_member() {
        let describe =
            |names: &[&str]| describe(&names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
        assert_eq!(describe(&["7"]), "7");
        assert_eq!(describe(&["7", "8"]), "7 and 1 other");
        assert_eq!(describe(&["7", "8", "9"]), "7 and 2 others");
    }
}
