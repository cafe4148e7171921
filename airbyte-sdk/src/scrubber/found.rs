//! Where secrets were found, and how much work the search may still do.
//!
//! A key that repeats itself, in a text that repeats the same characters, begins at each position and is compared to its end
//! each time; line breaks and escapes multiply that. So the steps of a scrub are counted. Each position of a searched text
//! adds some to what is allowed. A position that needs more is where the search gives up: the original text is blanked from
//! there to its end, and further searches look only at what is before it.

use super::reading::Text;
use std::ops::Range;

/// So many steps are allowed in any text, and so many more for each position that is searched.
const BASE_STEPS: usize = 500_000;
const STEPS_PER_POSITION: usize = 16;

/// After so many overruns, nothing of the text is kept.
const MOST_OVERRUNS: usize = 4;

pub(super) struct Found {
    pub(super) ranges: Vec<Range<usize>>,
    /// From here on, all of the original text is blanked.
    end: usize,
    steps: usize,
    allowed: usize,
    overruns: usize,
    /// Steps that were given back.
    #[cfg(test)]
    lost: usize,
}

impl Found {
    /// For an original text of so many bytes.
    pub(super) fn new(length: usize) -> Self {
        Self {
            ranges: Vec::new(),
            end: length,
            steps: 0,
            allowed: BASE_STEPS,
            overruns: 0,
            #[cfg(test)]
            lost: 0,
        }
    }

    /// Whether a secret that begins at this position of a text may still be shown.
    pub(super) fn is_open(&mut self, text: &Text, position: usize) -> bool {
        self.allowed += STEPS_PER_POSITION;
        text.units.get(position).is_some_and(|unit| unit.from < self.end)
    }

    /// Counts steps; false if these are too many.
    pub(super) fn count(&mut self, steps: usize) -> bool {
        self.steps += steps;
        self.steps <= self.allowed
    }

    /// Blanks the original text from this position of a text on. What was spent on the position is given back, so that what
    /// is before it can be searched in other ways.
    pub(super) fn blank_from(&mut self, text: &Text, position: usize, steps_before: usize) {
        self.overruns += 1;
        let from =
            if self.overruns > MOST_OVERRUNS { 0 } else { text.original(position..position + 1).start };
        self.ranges.push(from..self.end);
        self.end = self.end.min(from);
        #[cfg(test)]
        {
            self.lost += self.steps - steps_before;
        }
        self.steps = steps_before;
    }

    pub(super) fn steps(&self) -> usize {
        self.steps
    }

    #[cfg(test)]
    pub(super) fn total(&self) -> usize {
        self.steps + self.lost
    }

    #[cfg(test)]
    pub(super) fn allowed(&self) -> usize {
        self.allowed
    }
}
