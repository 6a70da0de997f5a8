//! What a day of clients looks like: they ask for the unread count far more often than at anything else, and write now and
//! then.
use super::{name::Name, writes::Prescriber};
use crate::{
    Done,
    wire::{Ask, Visitor},
};
use rand::{RngExt, SeedableRng, rngs::StdRng};

/// Of a hundred requests. A guess at what the known clients do (they poll the unread count, and load a page's lists when it
/// opens); nobody has measured real installations yet.
pub(crate) const SHARES: [(Name, u32); 8] = [
    (Name::UnreadCount, 40),
    (Name::Records, 15),
    (Name::Notifications, 15),
    (Name::Profile, 10),
    (Name::CreateRecord, 10),
    (Name::BodyParts, 4),
    (Name::Links, 2),
    (Name::Prescribe, 4),
];

pub(super) struct Mix {
    others: Vec<(Box<dyn Visitor>, u32)>,
    prescriber: Option<Prescriber>,
    rng: StdRng,
    leaving: bool,
    /// The last request was the prescriber's.
    prescribed: bool,
}

impl Mix {
    /// `others`: with their shares, in the order of these. Without a prescriber its share is theirs.
    pub(super) fn new(
        others: Vec<(Box<dyn Visitor>, u32)>,
        prescriber: Option<Prescriber>,
        n: usize,
    ) -> Done<Self> {
        let rng = StdRng::seed_from_u64(u64::try_from(n)?);
        Ok(Self { others, prescriber, rng, leaving: false, prescribed: false })
    }
}

/// Which of the shares a number from 0 to 99 falls into.
pub(crate) fn chosen(mut number: u32) -> Name {
    for (name, share) in SHARES {
        if number < share {
            return name;
        }
        number -= share;
    }
    Name::UnreadCount
}

impl Visitor for Mix {
    fn ask(&mut self) -> Ask {
        let all: u32 = self.others.iter().map(|(_, share)| share).sum();
        let mut number = self.rng.random_range(0..if self.prescriber.is_some() { 100 } else { all });
        if !self.leaving || self.prescriber.is_none() {
            for (visitor, share) in &mut self.others {
                if number < *share {
                    self.prescribed = false;
                    return visitor.ask();
                }
                number -= *share;
            }
        }
        self.prescribed = true;
        self.prescriber.as_mut().map(Prescriber::ask).unwrap_or_default()
    }
    fn listens(&self) -> bool {
        self.prescribed && self.prescriber.as_ref().is_some_and(Prescriber::listens)
    }
    fn hear(&mut self, body: &[u8]) {
        if let Some(prescriber) = &mut self.prescriber {
            prescriber.hear(body);
        }
    }
    fn leave(&mut self) {
        self.leaving = true;
    }
    fn is_at_rest(&self) -> bool {
        self.prescriber.as_ref().is_none_or(Prescriber::is_at_rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shares_are_of_a_hundred() {
        assert_eq!(SHARES.iter().map(|(_, share)| share).sum::<u32>(), 100);
        assert_eq!(chosen(0), Name::UnreadCount);
        assert_eq!(chosen(99), Name::Prescribe);
    }
}
