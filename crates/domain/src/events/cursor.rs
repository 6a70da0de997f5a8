//! How far a subscriber has followed a numbered topic, and when it must read the store instead of taking events.
use super::Seq;

/// A position in a numbered topic that is followed live. Events bring new numbers, but may come late, twice, in another
/// order, or never; the store is right. So a number is taken from an event only when it is the very next one, and nothing
/// is known to be missing; in every other case the store is read from the last number seen.
#[derive(Debug)]
pub struct Cursor {
    seen: Seq,
    /// The highest number that is known to exist.
    known: Seq,
    /// Something may be missing that no number tells of.
    gap: bool,
    /// What was known when the fetch that is under way began.
    fetching: Option<Seq>,
}

impl Cursor {
    /// Continues after this number: what came since is read first.
    pub fn after(seen: Seq) -> Self {
        Self { seen, known: seen, gap: true, fetching: None }
    }

    /// An event brings this number. Whether to take it now; otherwise it is old, or a later fetch brings it.
    pub fn accept(&mut self, seq: Seq) -> bool {
        let up_to_date = !self.gap && self.fetching.is_none() && self.known <= self.seen;
        if up_to_date && seq.follows(self.seen) {
            (self.seen, self.known) = (seq, seq);
            return true;
        }
        self.observe(seq);
        false
    }

    /// This number exists.
    pub fn observe(&mut self, seq: Seq) {
        self.known = self.known.max(seq);
    }

    /// Events were lost.
    pub fn mark_gap(&mut self) {
        self.gap = true;
    }

    /// After which number to read the store, when that is due and no fetch is under way.
    pub fn next_fetch(&mut self) -> Option<Seq> {
        let due = self.gap || self.known > self.seen;
        if !due || self.fetching.is_some() {
            return None;
        }
        self.gap = false;
        self.fetching = Some(self.known);
        Some(self.seen)
    }

    /// The fetch is done. `last` is the last number of the page, `more` whether the page was full.
    pub fn fetched(&mut self, last: Option<Seq>, more: bool) {
        let known = self.fetching.take().unwrap_or(self.seen);
        self.seen = self.seen.max(last.unwrap_or(self.seen));
        if more {
            self.gap = true;
        } else {
            // Whatever was known was committed before the fetch began. What it did not bring is deleted.
            self.seen = self.seen.max(known);
        }
    }

    /// The fetch failed: it is due again.
    pub fn fetch_failed(&mut self) {
        self.fetching = None;
        self.gap = true;
    }

    /// Whether this number was passed.
    pub fn has_seen(&self, seq: Seq) -> bool {
        seq <= self.seen
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn up_to(seq: i64) -> Cursor {
        let mut cursor = Cursor::after(Seq::new(seq));
        assert_eq!(cursor.next_fetch(), Some(Seq::new(seq)));
        cursor.fetched(None, false);
        cursor
    }

    #[test]
    fn it_begins_with_a_fetch_and_then_takes_each_next_number() {
        let mut cursor = up_to(3);
        assert!(cursor.accept(Seq::new(4)) && cursor.accept(Seq::new(5)));
        assert!(!cursor.accept(Seq::new(5)), "twice");
        assert!(!cursor.accept(Seq::new(2)), "old");
        assert_eq!(cursor.next_fetch(), None, "nothing is missing");
    }

    #[test]
    fn a_gap_is_fetched_and_nothing_is_taken_before() {
        let mut cursor = up_to(3);
        assert!(!cursor.accept(Seq::new(5)));
        assert!(!cursor.accept(Seq::new(4)), "the fetch brings both");
        assert_eq!(cursor.next_fetch(), Some(Seq::new(3)));
        assert_eq!(cursor.next_fetch(), None, "one fetch at a time");
        cursor.fetched(Some(Seq::new(5)), false);
        assert!(cursor.accept(Seq::new(6)));
    }

    #[test]
    fn what_is_observed_during_a_fetch_is_fetched_after_it() {
        let mut cursor = Cursor::after(Seq::START);
        cursor.next_fetch();
        assert!(!cursor.accept(Seq::new(1)));
        cursor.fetched(None, false);
        assert_eq!(cursor.next_fetch(), Some(Seq::START));
        cursor.fetched(Some(Seq::new(1)), false);
        assert_eq!(cursor.next_fetch(), None);
    }

    #[test]
    fn a_long_history_is_read_page_by_page() {
        let mut cursor = Cursor::after(Seq::START);
        cursor.next_fetch();
        cursor.fetched(Some(Seq::new(100)), true);
        assert!(!cursor.accept(Seq::new(101)), "the page after this one brings it");
        assert_eq!(cursor.next_fetch(), Some(Seq::new(100)));
        cursor.fetched(Some(Seq::new(101)), false);
        assert_eq!(cursor.next_fetch(), None);
    }

    #[test]
    fn a_number_that_was_deleted_before_it_was_read_is_passed_over() {
        let mut cursor = up_to(3);
        assert!(!cursor.accept(Seq::new(7)));
        cursor.next_fetch();
        cursor.fetched(None, false);
        assert_eq!(cursor.next_fetch(), None);
        assert!(cursor.accept(Seq::new(8)));
    }

    #[test]
    fn a_gap_and_a_failed_fetch_both_lead_to_a_fetch() {
        let mut cursor = up_to(3);
        cursor.mark_gap();
        assert!(!cursor.accept(Seq::new(4)));
        assert_eq!(cursor.next_fetch(), Some(Seq::new(3)));
        cursor.fetch_failed();
        assert_eq!(cursor.next_fetch(), Some(Seq::new(3)));
        cursor.mark_gap();
        cursor.fetched(Some(Seq::new(4)), false);
        assert_eq!(cursor.next_fetch(), Some(Seq::new(4)), "the gap came after the fetch had begun");
    }

    /// Every way of delivering, doubling, dropping and delaying the events of a few messages, with a fetch at any moment: the
    /// subscriber sees each number once and in order.
    #[test]
    fn whatever_happens_to_the_events_every_number_comes_once_and_in_order() {
        const NUMBERS: i64 = 4;
        // Each step stores the next number, delivers the event of one of the stored, begins a fetch or ends it.
        fn walk(steps: &mut Vec<u8>, depth: usize, walked: &mut usize) {
            if depth == 0 {
                run(steps);
                *walked += 1;
                return;
            }
            for step in 0..7 {
                steps.push(step);
                walk(steps, depth - 1, walked);
                steps.pop();
            }
        }
        fn run(steps: &[u8]) {
            let (mut cursor, mut stored, mut out) = (Cursor::after(Seq::START), 0, vec![]);
            let mut fetching: Option<(i64, i64)> = None;
            let finish = |cursor: &mut Cursor, read: (i64, i64), out: &mut Vec<i64>| {
                // A page of two.
                let page: Vec<i64> = ((read.0 + 1)..=read.1).take(2).collect();
                let more = page.len() == 2;
                out.extend(&page);
                cursor.fetched(page.last().map(|n| Seq::new(*n)), more);
            };
            for step in steps {
                match step {
                    0 if stored < NUMBERS => stored += 1,
                    1 if fetching.is_none() => {
                        fetching = cursor.next_fetch().map(|after| (after.get(), stored))
                    }
                    2 => {
                        if let Some(read) = fetching.take() {
                            finish(&mut cursor, read, &mut out);
                        }
                    }
                    event @ 3..=6 if i64::from(*event) - 2 <= stored => {
                        let seq = i64::from(*event) - 2;
                        if cursor.accept(Seq::new(seq)) {
                            out.push(seq);
                        }
                    }
                    _ => return,
                }
            }
            // In the end somebody tells how far it goes, and all fetches are made.
            cursor.observe(Seq::new(stored));
            if let Some(read) = fetching.take() {
                finish(&mut cursor, read, &mut out);
            }
            while let Some(after) = cursor.next_fetch() {
                finish(&mut cursor, (after.get(), stored), &mut out);
            }
            assert_eq!(out, (1..=stored).collect::<Vec<_>>(), "{steps:?}");
        }
        let mut walked = 0;
        for depth in 1..=7 {
            walk(&mut vec![], depth, &mut walked);
        }
        assert!(walked > 900_000, "{walked}");
    }
}
