//! How far somebody has followed a conversation, and when they must read instead of listen.
use super::Seq;

/// A place in a numbered sequence that is followed live. Hints tell of a new number, but may come late, twice, in another
/// order, or never; the store is right. So a number is taken from a hint only when it is the very next one, and nothing is
/// known to be missing; in every other case the store is read from the last one seen.
#[derive(Debug)]
pub struct Cursor {
    seen: Seq,
    /// The highest number that is known to exist.
    told: Seq,
    /// Something may be missing that no number tells of.
    unsure: bool,
    /// What had been told when the reading that is under way began.
    reading: Option<Seq>,
}

impl Cursor {
    /// Continues after this number: what came since is read first.
    pub fn after(seen: Seq) -> Self {
        Self { seen, told: seen, unsure: true, reading: None }
    }

    /// A hint brings this number. Whether it is to be taken now; otherwise it is old, or a later reading brings it.
    pub fn hear(&mut self, seq: Seq) -> bool {
        let up_to_date = !self.unsure && self.reading.is_none() && self.told <= self.seen;
        if up_to_date && seq.follows(self.seen) {
            (self.seen, self.told) = (seq, seq);
            return true;
        }
        self.hear_of(seq);
        false
    }

    /// This number exists.
    pub fn hear_of(&mut self, seq: Seq) {
        self.told = self.told.max(seq);
    }

    /// Hints were lost.
    pub fn doubt(&mut self) {
        self.unsure = true;
    }

    /// After which number to read, when reading is due and none is under way.
    pub fn begin(&mut self) -> Option<Seq> {
        let due = self.unsure || self.told > self.seen;
        if !due || self.reading.is_some() {
            return None;
        }
        self.unsure = false;
        self.reading = Some(self.told);
        Some(self.seen)
    }

    /// The reading is done. `last` is the last number of the page, `more` whether the page was full.
    pub fn end(&mut self, last: Option<Seq>, more: bool) {
        let told = self.reading.take().unwrap_or(self.seen);
        self.seen = self.seen.max(last.unwrap_or(self.seen));
        if more {
            self.unsure = true;
        } else {
            // Whatever had been told was committed before the reading began. What it did not bring is deleted.
            self.seen = self.seen.max(told);
        }
    }

    /// The reading failed: it is due again.
    pub fn fail(&mut self) {
        self.reading = None;
        self.unsure = true;
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
        assert_eq!(cursor.begin(), Some(Seq::new(seq)));
        cursor.end(None, false);
        cursor
    }

    #[test]
    fn it_begins_with_a_reading_and_then_takes_each_next_number() {
        let mut cursor = up_to(3);
        assert!(cursor.hear(Seq::new(4)) && cursor.hear(Seq::new(5)));
        assert!(!cursor.hear(Seq::new(5)), "twice");
        assert!(!cursor.hear(Seq::new(2)), "old");
        assert_eq!(cursor.begin(), None, "nothing is missing");
    }

    #[test]
    fn a_gap_is_read_and_nothing_is_taken_before() {
        let mut cursor = up_to(3);
        assert!(!cursor.hear(Seq::new(5)));
        assert!(!cursor.hear(Seq::new(4)), "the reading brings both");
        assert_eq!(cursor.begin(), Some(Seq::new(3)));
        assert_eq!(cursor.begin(), None, "one reading at a time");
        cursor.end(Some(Seq::new(5)), false);
        assert!(cursor.hear(Seq::new(6)));
    }

    #[test]
    fn what_is_told_during_a_reading_is_read_after_it() {
        let mut cursor = Cursor::after(Seq::START);
        cursor.begin();
        assert!(!cursor.hear(Seq::new(1)));
        cursor.end(None, false);
        assert_eq!(cursor.begin(), Some(Seq::START));
        cursor.end(Some(Seq::new(1)), false);
        assert_eq!(cursor.begin(), None);
    }

    #[test]
    fn a_long_history_is_read_page_by_page() {
        let mut cursor = Cursor::after(Seq::START);
        cursor.begin();
        cursor.end(Some(Seq::new(100)), true);
        assert!(!cursor.hear(Seq::new(101)), "the page after this one brings it");
        assert_eq!(cursor.begin(), Some(Seq::new(100)));
        cursor.end(Some(Seq::new(101)), false);
        assert_eq!(cursor.begin(), None);
    }

    #[test]
    fn a_number_that_was_deleted_before_it_was_read_is_passed_over() {
        let mut cursor = up_to(3);
        assert!(!cursor.hear(Seq::new(7)));
        cursor.begin();
        cursor.end(None, false);
        assert_eq!(cursor.begin(), None);
        assert!(cursor.hear(Seq::new(8)));
    }

    #[test]
    fn doubt_and_a_failed_reading_both_lead_to_a_reading() {
        let mut cursor = up_to(3);
        cursor.doubt();
        assert!(!cursor.hear(Seq::new(4)));
        assert_eq!(cursor.begin(), Some(Seq::new(3)));
        cursor.fail();
        assert_eq!(cursor.begin(), Some(Seq::new(3)));
        cursor.doubt();
        cursor.end(Some(Seq::new(4)), false);
        assert_eq!(cursor.begin(), Some(Seq::new(4)), "the doubt came after the reading had begun");
    }

    /// Every way of delivering, doubling, dropping and delaying the hints of a few messages, with a reading at any moment:
    /// whoever follows sees each number once and in order.
    #[test]
    fn whatever_happens_to_the_hints_every_number_comes_once_and_in_order() {
        const NUMBERS: i64 = 4;
        // Each step stores the next number, delivers the hint of one of the stored, begins a reading or ends it.
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
            let mut reading: Option<(i64, i64)> = None;
            let finish = |cursor: &mut Cursor, read: (i64, i64), out: &mut Vec<i64>| {
                // A page of two.
                let page: Vec<i64> = ((read.0 + 1)..=read.1).take(2).collect();
                let more = page.len() == 2;
                out.extend(&page);
                cursor.end(page.last().map(|n| Seq::new(*n)), more);
            };
            for step in steps {
                match step {
                    0 if stored < NUMBERS => stored += 1,
                    1 if reading.is_none() => reading = cursor.begin().map(|after| (after.get(), stored)),
                    2 => {
                        if let Some(read) = reading.take() {
                            finish(&mut cursor, read, &mut out);
                        }
                    }
                    hint @ 3..=6 if i64::from(*hint) - 2 <= stored => {
                        let seq = i64::from(*hint) - 2;
                        if cursor.hear(Seq::new(seq)) {
                            out.push(seq);
                        }
                    }
                    _ => return,
                }
            }
            // In the end somebody tells how far it goes, and all readings are made.
            cursor.hear_of(Seq::new(stored));
            if let Some(read) = reading.take() {
                finish(&mut cursor, read, &mut out);
            }
            while let Some(after) = cursor.begin() {
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
