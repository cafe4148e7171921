//! A stream that is read partition by partition: which of them are finished, how far the others have come, and whose turn it is.

use super::Emitter;
use crate::cursor::{Order, Progress};
use crate::error::Result;
use crate::output;
use crate::protocol::FailureType;
use crate::stream::Stream;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// At the end of a partition a state is sent if the records since the last one have so many times its bytes.
const RECORDS_PER_STATE: u64 = 4;

/// The key of a state under which the positions of the partitions stand, each by its name.
pub(crate) const PARTITIONS: &str = "partitions";

/// The key beside it under which the name of the partition stands that comes next, as long as not all have had their turn.
/// The order of the positions does not say it: platforms keep states in forms that have none.
pub(crate) const NEXT: &str = "next";

/// The state of each partition that has one, as JSON, by the partition's name. There may be very many, and a map of JSON values would
/// take several times as much memory.
pub(crate) type Positions = BTreeMap<Box<str>, Box<str>>;

/// Where the partitions stand, and the one that is being read.
#[derive(Clone, Default)]
pub(crate) struct Partitions {
    /// Shared with whoever says the last words of a run.
    standing: Arc<Mutex<Standing>>,
    current: String,
    /// Whether the partitions have positions; otherwise each is finished, with an empty one, or not there.
    incremental: bool,
    /// Whose turn it was when this read began.
    first: Option<String>,
    /// How many partitions were begun with.
    begun: u64,
    /// One was broken off, and so the next read begins with it, whatever becomes of the others.
    broken_off: bool,
    /// Records and good answers before the partition that is being read.
    before: (u64, u64),
}

#[derive(Default)]
struct Standing {
    /// The state of the earlier read, until it is known what partitions there are.
    given: Option<String>,
    positions: Positions,
    next: Option<String>,
}

impl Partitions {
    /// The state of the stream as JSON, with this position in the partition that is being read.
    pub(super) fn state(&self, current: Option<String>) -> String {
        let standing = self.standing();
        if let Some(given) = &standing.given {
            return given.clone();
        }
        let quoted = |text: &str| Value::from(text).to_string();
        let others = standing.positions.iter().map(|(name, position)| (&**name, &**position));
        let others = others.filter(|(name, _)| current.is_none() || *name != self.current);
        let current = current.as_deref().map(|position| (&*self.current, position));
        let mut state = format!("{{{}:{{", quoted(PARTITIONS));
        for (place, (name, position)) in others.chain(current).enumerate() {
            state.push_str(if place > 0 { "," } else { "" });
            state.push_str(&quoted(name));
            state.push(':');
            state.push_str(position);
        }
        state.push('}');
        if let Some(next) = &standing.next {
            state.push_str(&format!(",{}:{}", quoted(NEXT), quoted(next)));
        }
        state.push('}');
        state
    }

    /// Notes how far the partition that is being read has come.
    pub(super) fn stands_at(&self, position: String) {
        self.standing().positions.insert(self.current.as_str().into(), position.into());
    }

    /// The partition that is being read has not come anywhere yet.
    pub(super) fn stands_nowhere(&self) {
        self.standing().positions.remove(self.current.as_str());
    }

    /// Notes which partition comes next, if none was broken off before; none if all have had their turn.
    fn next_is(&self, name: Option<&str>) {
        if !self.broken_off {
            self.standing().next = name.map(str::to_owned);
        }
    }

    /// Whether another partition comes next than when this read began.
    pub(super) fn has_moved(&self) -> bool {
        self.standing().next != self.first
    }

    fn standing(&self) -> MutexGuard<'_, Standing> {
        self.standing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T: Stream> Emitter<T> {
    /// The stream is read partition by partition. Until it is known which there are, it stands where it stood.
    pub(crate) fn in_unlisted_partitions(&mut self, given: Option<&Map<String, Value>>) {
        let given = given.map_or_else(|| json!({}).to_string(), |given| json!(given).to_string());
        let standing = Standing { given: Some(given), ..Standing::default() };
        self.partitions =
            Some(Partitions { standing: Arc::new(Mutex::new(standing)), ..Partitions::default() });
        self.hold.set_listing(true);
    }

    /// The stream is read partition by partition, from these positions on. `next` was the next one when an earlier read ended.
    pub(crate) fn in_partitions(&mut self, positions: Positions, next: Option<String>, incremental: bool) {
        let standing = Standing { given: None, positions, next: next.clone() };
        let standing = Arc::new(Mutex::new(standing));
        let partitions = Partitions { standing, incremental, first: next, ..Partitions::default() };
        if let Some(output) = &self.output {
            // As nothing has been read yet, this is the state of before, if perhaps in another form.
            output.stands_at(partitions.state(None));
        }
        self.partitions = Some(partitions);
        self.hold.set_listing(false);
    }

    /// What an earlier read has left for this partition.
    pub(crate) fn partition_state(&self, name: &str) -> Option<Map<String, Value>> {
        serde_json::from_str(self.partitions.as_ref()?.standing().positions.get(name)?).ok()
    }

    pub(crate) fn begin_partition(&mut self, name: &str, since: Option<T::Cursor>) {
        let before = (self.records(), self.http.good_answers());
        let Some(partitions) = &mut self.partitions else { return };
        name.clone_into(&mut partitions.current);
        partitions.begun += 1;
        partitions.before = before;
        let order = if partitions.incremental { self.info.order } else { Order::Unordered };
        self.progress = Progress::new(order, since);
        self.owes_state = false;
        // The next record is the first of this partition, and so says nothing of it yet.
        self.clock_in = 0;
        if let Some(output) = &self.output {
            let partitions = partitions.clone();
            output.partition(Box::new(move |position| partitions.state(position)));
        }
        // After that, so that no record of the partition before is left that a signal could take the hold off.
        self.hold.begin_scope();
    }

    /// Notes how far the partition has come, and whether the one that follows is next. Returns why it failed, if it did.
    pub(crate) fn end_partition(&mut self, fetched: Result<()>, following: Option<&str>) -> Result<()> {
        self.note_hold();
        let fetched = self.failed.take().map_or(fetched, Err).and_then(|()| self.confirm());
        self.estimate = (self.estimate.0.saturating_add(self.estimate.1), 0);
        // What is out is out, if the order says so; otherwise the partition stands where it stood.
        let counts = fetched.is_ok() || self.progress.can_checkpoint();
        let position = self.position()?;
        // A hold that lasts says that the partition is not known to be complete.
        let finished = (!self.progress.is_held()).then(|| json!({}).to_string());
        if let (true, Some(partitions)) = (counts, &self.partitions)
            && let Some(position) = if partitions.incremental { position } else { finished }
        {
            partitions.stands_at(position);
        }
        let had_its_turn = self.had_its_turn(&fetched);
        if let Some(partitions) = &mut self.partitions {
            partitions.broken_off |= !had_its_turn;
            partitions.next_is(following);
        }
        // What a state costs is little beside the records of the partition, which a killed run would read again. After the
        // last partition comes the state of the whole stream.
        if fetched.is_ok()
            && following.is_some()
            && self.since_state > 0
            && (self.pays_for_state(RECORDS_PER_STATE) || self.is_state_due(output::now()))
        {
            self.checkpoint()?;
        }
        fetched
    }

    /// Whether another partition comes next. One that was kept from being read by what may pass is tried again in the next
    /// read, unless it had this one to itself: one that is larger than the budget of a read would keep the others from
    /// ever being read.
    fn had_its_turn(&self, fetched: &Result<()>) -> bool {
        let (Err(error), Some(partitions)) = (fetched, &self.partitions) else { return true };
        let (records, answers) = partitions.before;
        let got_something = || self.records() > records || self.http.good_answers() > answers;
        // A run that ends breaks it off, whatever kind of error that is.
        !error.is_stopped()
            && (error.failure_type() != FailureType::TransientError
                || partitions.begun == 1 && (!error.is_exhausted() || got_something()))
    }

    /// All partitions were tried.
    pub(crate) fn end_partitions(&self) {
        if let Some(partitions) = &self.partitions {
            partitions.next_is(None);
        }
    }

    /// Whether an earlier read has left a position for any partition.
    pub(crate) fn knows_partitions(&self) -> bool {
        self.partitions.as_ref().is_some_and(|partitions| !partitions.standing().positions.is_empty())
    }

    /// Whether the list of partitions is not known to be complete.
    pub(crate) fn may_lack_partitions(&self) -> bool {
        self.hold.current().is_some()
    }

    /// Forgets the other partitions.
    pub(crate) fn keep_partitions(&mut self, names: &HashSet<&str>) {
        if let Some(partitions) = &self.partitions {
            partitions.standing().positions.retain(|name, _| names.contains(&**name));
        }
    }
}
