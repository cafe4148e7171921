//! Finds the last page of a pagination by count.
//!
//! A page without records is always the last. To save the request for it, a shorter page may end the pagination. But
//! the size that was requested proves nothing: many APIs silently reduce it, and then every page is shorter. So pages
//! are compared with the first one: an API that reduces the size does so for all pages.

/// What is known about the size of pages.
#[derive(Default)]
pub(super) struct PageSize {
    /// The query parameter that requests a size, with its value.
    pub(super) parameter: Option<(String, String)>,
    /// Whether a short page ends the pagination, and not only an empty one.
    ends_at_short: bool,
    /// A first page with fewer records is the last one, unless its length is a usual limit.
    trusted: Option<u64>,
    /// How many records the first page had.
    first: Option<u64>,
}

impl PageSize {
    /// Returns a size that the API may reduce to any number.
    pub(super) fn any(parameter: &str, records: u64) -> Self {
        let parameter = Some((parameter.to_owned(), records.to_string()));
        Self { parameter, ends_at_short: true, trusted: None, first: None }
    }

    /// Returns a size that the API is documented to accept.
    pub(super) fn trusted(parameter: &str, records: u64) -> Self {
        Self { trusted: Some(records), ..Self::any(parameter, records) }
    }

    /// Returns whether a page with this many records is the last one.
    pub(super) fn is_last(&mut self, records: u64) -> bool {
        if records == 0 || !self.ends_at_short {
            return records == 0;
        }
        match (self.first, self.trusted) {
            (None, trusted) => {
                self.first = Some(records);
                trusted.is_some_and(|requested| records < requested && !is_usual(records))
            }
            (Some(first), _) => {
                // A longer page than the first: the API leaves records out, so a short page need not be the last.
                self.ends_at_short = records <= first;
                records < first
            }
        }
    }
}

/// Returns whether an API might return this many records per page whatever size is requested.
fn is_usual(records: u64) -> bool {
    let is_round = [4, 5, 6].iter().any(|number| records.is_multiple_of(*number));
    is_round
        || (records > 90 && records.checked_add(1).and_then(u64::checked_ilog10) > records.checked_ilog10())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads `total` records from an API that returns at most `cap` per page. Returns the number of requests and of
    /// the records that were read.
    fn read(mut size: PageSize, total: u64, cap: u64) -> (u64, u64) {
        let (mut requests, mut read) = (0, 0);
        loop {
            let page = cap.min(total - read);
            (requests, read) = (requests + 1, read + page);
            if size.is_last(page) {
                return (requests, read);
            }
        }
    }

    #[test]
    fn every_record_is_read_with_one_extra_request_at_most() {
        for requested in [1, 2, 3, 7, 10, 20] {
            for cap in 1..=25 {
                for total in 0..=80_u64 {
                    let needed = total.div_ceil(cap).max(1);
                    let (requests, records) = read(PageSize::any("limit", requested), total, cap);
                    assert_eq!(records, total, "{requested}, {cap}");
                    assert!(
                        (needed..=needed + 1).contains(&requests),
                        "{requested}, {cap}, {total}: {requests}"
                    );
                    // A short page after the first saves the extra request.
                    if total > cap && total % cap > 0 {
                        assert_eq!(requests, needed);
                    }
                }
            }
        }
    }

    #[test]
    fn trusted_size_saves_the_second_request_and_checks_usual_lengths() {
        for (requested, cap, total, expected) in [
            // A single page of a length that no API falls back to.
            (100, 100, 37, (1, 37)),
            (100, 100, 1, (1, 1)),
            // One that may be the API's limit.
            (100, 100, 50, (2, 50)),
            (100, 20, 50, (3, 50)),
            (250, 99, 100, (2, 100)),
            (10_000, 999, 1_000, (2, 1_000)),
            (100, 24, 49, (3, 49)),
            // A full page.
            (7, 7, 7, (2, 7)),
            (7, 7, 8, (2, 8)),
            // More than requested.
            (3, 7, 15, (3, 15)),
        ] {
            assert_eq!(
                read(PageSize::trusted("limit", requested), total, cap),
                expected,
                "{requested}, {cap}"
            );
        }
        let usual: Vec<u64> = (1..60).filter(|records| is_usual(*records)).collect();
        assert!([5, 10, 12, 15, 16, 20, 24, 25, 30, 36, 48, 50].iter().all(|cap| usual.contains(cap)));
        assert!([1, 2, 3, 7, 9, 11, 13, 37, 59].iter().all(|records| !usual.contains(records)));
        assert!(is_usual(99) && is_usual(999) && !is_usual(98 + 99) && is_usual(u64::MAX));
    }

    #[test]
    fn pages_of_differing_lengths_are_read_to_the_empty_one() {
        let mut size = PageSize::any("limit", 10);
        // Longer than the first: the API leaves records out of its pages.
        for (records, is_last) in [(3, false), (5, false), (2, false), (1, false), (0, true)] {
            assert_eq!(size.is_last(records), is_last, "{records}");
        }
        let mut none = PageSize::default();
        for (records, is_last) in [(3, false), (2, false), (0, true)] {
            assert_eq!(none.is_last(records), is_last, "{records}");
        }
    }
}
