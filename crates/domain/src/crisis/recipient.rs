//! Who is told of an alarm, and whether they may be.
use super::ContactId;
use crate::{
    identity::{Email, Nonce},
    outbox::Failure,
};

/// Of whom one user names. The therapist is one of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    pub role: RecipientRole,
    pub name: String,
    /// Who they are to the user; blank for the therapist.
    pub relationship: String,
    pub phone: String,
    /// `None`: they are not written to.
    pub address: Option<Address>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecipientRole {
    Contact(ContactId),
    Therapist,
}

impl RecipientRole {
    pub fn contact(self) -> Option<ContactId> {
        match self {
            Self::Contact(id) => Some(id),
            Self::Therapist => None,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    pub email: Email,
    pub consent: Consent,
    /// Of the link by which its holder says whether they agree; `None` before they were asked.
    pub consent_nonce: Option<Nonce>,
}

/// What the holder of an address has said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consent {
    /// Nothing yet: they are told of alarms, within limits.
    Unconfirmed,
    /// This user's alarms may be sent there.
    Confirmed,
    /// Nobody's alarms may.
    Refused,
}

impl Consent {
    pub const ALL: [Self; 3] = [Self::Unconfirmed, Self::Confirmed, Self::Refused];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unconfirmed => "unconfirmed",
            Self::Confirmed => "confirmed",
            Self::Refused => "refused",
        }
    }
    pub(super) fn is_open(self) -> bool {
        self == Self::Unconfirmed
    }
}

impl Recipient {
    /// Of somebody without an address nobody knows.
    pub(super) fn consent(&self) -> Consent {
        self.address.as_ref().map_or(Consent::Unconfirmed, |address| address.consent)
    }
}

/// Unconfirmed addresses that one alarm is sent to.
pub const UNCONFIRMED_MAX: usize = 3;
/// Letters to unconfirmed addresses, of one user within an hour.
pub const UNCONFIRMED_PER_HOUR: usize = 20;

/// Calls of the webhook for people who have not agreed, of one user within an hour. More than letters: who has no address cannot agree.
/// Without a limit, an account that anybody may register costs the operator a message for each number that it names.
pub const UNCONFIRMED_CALLS_PER_HOUR: usize = 60;

/// What was sent to people who have not agreed, in the hour before.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct UnconfirmedSent {
    pub letters: usize,
    pub calls: usize,
}

/// How many messages to people who have not agreed may still be sent.
#[derive(Debug, Clone, Copy)]
pub(super) struct UnconfirmedLimit {
    left: usize,
}

impl UnconfirmedLimit {
    pub(super) fn of_letters(sent: UnconfirmedSent) -> Self {
        Self { left: UNCONFIRMED_PER_HOUR.saturating_sub(sent.letters).min(UNCONFIRMED_MAX) }
    }
    pub(super) fn of_calls(sent: UnconfirmedSent) -> Self {
        Self { left: UNCONFIRMED_CALLS_PER_HOUR.saturating_sub(sent.calls) }
    }

    /// Why a message to this recipient is not sent; `None` if it is.
    pub(super) fn withholds(&mut self, consent: Consent) -> Option<Failure> {
        match consent {
            Consent::Confirmed => None,
            Consent::Refused => Some(Failure::Unwanted),
            Consent::Unconfirmed => match self.left.checked_sub(1) {
                Some(left) => {
                    self.left = left;
                    None
                }
                None => Some(Failure::Unconfirmed),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_unconfirmed_addresses_are_written_to_and_every_confirmed_one() {
        let mut limit = UnconfirmedLimit::of_letters(UnconfirmedSent::default());
        let mut withheld = |consent| limit.withholds(consent);
        assert_eq!(withheld(Consent::Refused), Some(Failure::Unwanted));
        for _ in 0..UNCONFIRMED_MAX {
            assert_eq!(withheld(Consent::Unconfirmed), None);
        }
        assert_eq!(withheld(Consent::Unconfirmed), Some(Failure::Unconfirmed));
        assert_eq!(withheld(Consent::Confirmed), None);
    }

    #[test]
    fn people_who_have_not_agreed_are_called_sixty_times_an_hour_and_who_refused_never() {
        let mut limit = UnconfirmedLimit::of_calls(UnconfirmedSent { letters: 20, calls: 58 });
        let withheld = [Consent::Unconfirmed; 3].map(|consent| limit.withholds(consent));
        assert_eq!(withheld, [None, None, Some(Failure::Unconfirmed)]);
        assert_eq!(limit.withholds(Consent::Refused), Some(Failure::Unwanted));
        assert_eq!(limit.withholds(Consent::Confirmed), None);
    }

    #[test]
    fn an_hour_of_presses_writes_twenty_letters_to_unconfirmed_addresses() {
        for (sent, expected) in [(0, 3), (17, 3), (18, 2), (20, 0), (30, 0)] {
            let mut limit = UnconfirmedLimit::of_letters(UnconfirmedSent { letters: sent, calls: 99 });
            let written = (0..10).filter(|_| limit.withholds(Consent::Unconfirmed).is_none()).count();
            assert_eq!(written, expected, "{sent}");
            assert_eq!(limit.withholds(Consent::Confirmed), None);
        }
    }
}
