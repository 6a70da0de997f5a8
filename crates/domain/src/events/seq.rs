//! The number of something in a topic.

/// The number of something in what is followed, such as a message in its conversation: from 1, without gaps, in the order of
/// the commits. 0 is before the first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Seq(i64);

impl Seq {
    pub const START: Self = Self(0);

    pub const fn new(raw: i64) -> Self {
        Self(raw)
    }
    pub const fn get(self) -> i64 {
        self.0
    }
    pub fn follows(self, other: Self) -> bool {
        other.0.checked_add(1) == Some(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_next_number_follows() {
        assert!(Seq::new(1).follows(Seq::START));
        assert!(!Seq::new(2).follows(Seq::START));
        assert!(!Seq::new(1).follows(Seq::new(1)));
        assert!(!Seq::new(i64::MIN).follows(Seq::new(i64::MAX)));
    }
}
