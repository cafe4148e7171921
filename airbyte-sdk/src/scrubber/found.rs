//! The ranges in which secrets were found, and the remaining budget of steps.
//!
//! If a secret and a text both repeat the same characters, each position of the text begins a near-match that is compared
//! almost to its end. Line breaks and escapes multiply that. To bound the time, the steps of a scrub are counted, and
//! each searched position adds to the budget. If a position exceeds the budget, the search stops there: the original
//! text is blanked from that position to its end, and further searches only look at the text before it. What must stay
//! true: a text that is too expensive to search is blanked, never shown.

use super::reading::Text;
use std::ops::Range;

/// The number of steps allowed in any text, and the additional number for each searched position.
const BASE_STEPS: usize = 500_000;
const STEPS_PER_POSITION: usize = 16;

/// After more overruns than this, the whole text is blanked.
const MAX_OVERRUNS: usize = 4;

pub(super) struct Found {
    pub(super) ranges: Vec<Range<usize>>,
    /// The original text is blanked from this offset to its end.
    end: usize,
    steps: usize,
    allowed: usize,
    overruns: usize,
    /// The steps that were refunded.
    #[cfg(test)]
    refunded: usize,
}

impl Found {
    /// Creates the result of a scrub; `length` is that of the original text, in bytes.
    pub(super) fn new(length: usize) -> Self {
        Self {
            ranges: Vec::new(),
            end: length,
            steps: 0,
            allowed: BASE_STEPS,
            overruns: 0,
            #[cfg(test)]
            refunded: 0,
        }
    }

    /// Returns whether this position of a text must be searched, because it is not blanked yet.
    pub(super) fn is_open(&mut self, text: &Text, position: usize) -> bool {
        self.allowed += STEPS_PER_POSITION;
        text.units.get(position).is_some_and(|unit| unit.from < self.end)
    }

    /// Counts steps; `false` if the budget is exceeded.
    pub(super) fn count(&mut self, steps: usize) -> bool {
        self.steps += steps;
        self.steps <= self.allowed
    }

    /// Blanks the original text from this position of a text to the end. Refunds the steps spent on the position, because
    /// the text before it must still be searched in other decodings.
    pub(super) fn blank_from(&mut self, text: &Text, position: usize, steps_before: usize) {
        self.overruns += 1;
        let from = if self.overruns > MAX_OVERRUNS { 0 } else { text.original(position..position + 1).start };
        self.ranges.push(from..self.end);
        self.end = self.end.min(from);
        #[cfg(test)]
        {
            self.refunded += self.steps - steps_before;
        }
        self.steps = steps_before;
    }

    pub(super) fn steps(&self) -> usize {
        self.steps
    }

    #[cfg(test)]
    pub(super) fn total(&self) -> usize {
        self.steps + self.refunded
    }

    #[cfg(test)]
    pub(super) fn allowed(&self) -> usize {
        self.allowed
    }
}
