//! With whom somebody talks, and how much of them they see.
use crate::{
    identity::{Person, Username},
    shared::AccountId,
};

/// How a client names a person. Digits are always an id, even when nobody has it: people whose name is all digits are
/// reached by id only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PeerRef {
    Id(AccountId),
    Named(Username),
    /// No id and no name that anybody could have.
    Nobody,
}

impl PeerRef {
    pub fn parse(raw: &str) -> Self {
        if !raw.is_empty() && raw.bytes().all(|byte| byte.is_ascii_digit()) {
            return raw.parse().map_or(Self::Nobody, |id| Self::Id(AccountId::new(id)));
        }
        Username::known_as(raw).map_or(Self::Nobody, Self::Named)
    }
}

/// Whether two people may know each other's private data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relationship {
    /// Linked, and the link is accepted.
    Linked,
    Strangers,
}

/// Somebody as another person sees them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Peer {
    pub person: Person,
    pub active: bool,
    pub relationship: Relationship,
}

impl Peer {
    /// Anybody may write to anybody who is there; address, birthday, sex and telephone are for those who are linked.
    pub fn redacted(self) -> Person {
        match self.relationship {
            Relationship::Linked => self.person,
            Relationship::Strangers => self.person.redacted(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::testing::sarah;

    #[test]
    fn digits_are_an_id_and_anything_else_a_name() {
        assert_eq!(PeerRef::parse("12"), PeerRef::Id(AccountId::new(12)));
        assert_eq!(PeerRef::parse("012"), PeerRef::Id(AccountId::new(12)));
        assert!(matches!(PeerRef::parse("12a"), PeerRef::Named(_)));
        assert!(matches!(PeerRef::parse("sarah.connor@home"), PeerRef::Named(_)));
        assert_eq!(PeerRef::parse("99999999999999999999"), PeerRef::Nobody);
        assert_eq!(PeerRef::parse(""), PeerRef::Nobody);
    }

    #[test]
    fn a_stranger_sees_a_name_and_no_private_data() {
        let private = Person {
            email: "sarah@example.com".into(),
            phone_number: "555".into(),
            date_of_birth: chrono::NaiveDate::from_ymd_opt(1965, 2, 28),
            ..sarah().person
        };
        let peer = |relationship| Peer { person: private.clone(), active: true, relationship };
        let seen = peer(Relationship::Strangers).redacted();
        assert_eq!((seen.username.as_str(), seen.email.as_str()), (private.username.as_str(), ""));
        assert_eq!((seen.phone_number.as_str(), seen.date_of_birth), ("", None));
        assert_eq!(peer(Relationship::Linked).redacted(), private);
    }
}
