//! The last words of the streams, when a run is ended from outside by another thread than those that read.

use super::Ledger;
use crate::protocol::AirbyteStreamStatus;

impl Ledger {
    /// Says how far each stream has come, and that it is not complete. Nothing is taken after that. What an emitter is just
    /// adding to is not waited for: its records have not left, and no state covers them.
    pub(crate) fn close(&self) {
        self.hand_over_all();
        let mut streams = self.streams();
        for mut entry in std::mem::take(&mut streams.open) {
            // In a stream that is read in one go a state says something only after a record.
            let has_news = entry.positions.are_of_partitions() || entry.records > 0;
            if entry.positions.are_legal() && has_news {
                let _ = entry.send_state(&self.output);
            }
            let _ = self.output.status(&entry.descriptor, AirbyteStreamStatus::Incomplete);
        }
    }
}
