//! One patient's tie to one doctor, and its life: pending, then accepted or rejected, and back as the doctor wishes.
use super::{CareError, Result};
use crate::{
    audit::{self, AuditAction},
    identity::{AccountId, Caller, Doctor, Patient, Person, Role},
    notifications::{NewNotification, Notice},
    shared::{Timestamp, id},
};
use chrono::TimeDelta;

id!(/// One patient's tie to one doctor.
    LinkId);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    Pending,
    Accepted,
    Rejected,
}

impl Status {
    pub const ALL: [Self; 3] = [Self::Pending, Self::Accepted, Self::Rejected];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Accepted => "accepted",
            Self::Rejected => "rejected",
        }
    }
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.as_str() == word)
    }
}

/// One per pair of patient and doctor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    pub id: LinkId,
    pub patient: AccountId,
    pub doctor: AccountId,
    pub status: Status,
    pub requested_at: Timestamp,
    /// When the doctor gave the answer that stands; `None` while pending.
    pub answered_at: Option<Timestamp>,
}

/// What a doctor says to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    Accept,
    Reject,
}

impl Answer {
    pub const ALL: [Self; 2] = [Self::Accept, Self::Reject];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Accept => "accept",
            Self::Reject => "reject",
        }
    }
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|answer| answer.as_str() == word)
    }
    fn status(self) -> Status {
        match self {
            Self::Accept => Status::Accepted,
            Self::Reject => Status::Rejected,
        }
    }
}

/// Everything that must become true together when a link is requested.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkOpening {
    pub patient: AccountId,
    pub doctor: AccountId,
    pub notification: NewNotification,
    /// Its link is filled in by the store.
    pub audit: audit::AuditEntry,
}

/// Everything that must become true together when a doctor answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkAnswer {
    pub link: LinkId,
    /// The guard: what the answer was judged on.
    pub from: Status,
    pub to: Status,
    pub notification: NewNotification,
    pub audit: audit::AuditEntry,
}

/// One of the two ends the link. Its prescription and diagnosis go with it; nobody is notified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkEnd {
    pub link: LinkId,
    pub audit: audit::AuditEntry,
}

impl Link {
    /// A rejected link disappears this long after the rejection.
    pub const REJECTED_FOR: TimeDelta = TimeDelta::hours(24);

    /// A patient asks a doctor.
    ///
    /// # Errors
    /// [`CareError::NotADoctor`], [`CareError::Oneself`].
    pub fn request(patient: Patient<'_>, doctor: &Person, now: Timestamp) -> Result<LinkOpening> {
        if !doctor.roles.has(Role::Doctor) {
            return Err(CareError::NotADoctor);
        }
        if doctor.id == patient.id() {
            return Err(CareError::Oneself);
        }
        Ok(LinkOpening {
            patient: patient.id(),
            doctor: doctor.id,
            notification: Notice::LinkRequested { patient: patient.full_name() }.to(doctor.id),
            audit: audit::AuditEntry::own(patient.id(), AuditAction::LinkRequested, now),
        })
    }

    /// The doctor of this link answers. `None` when that is the answer already: nothing changes, and nobody is notified
    /// again.
    pub fn answer(&self, doctor: Doctor<'_>, answer: Answer, now: Timestamp) -> Option<LinkAnswer> {
        if self.status == answer.status() {
            return None;
        }
        let (notice, act) = match answer {
            Answer::Accept => {
                (Notice::LinkAccepted { doctor: doctor.full_name() }, AuditAction::LinkAccepted)
            }
            Answer::Reject => {
                (Notice::LinkRejected { doctor: doctor.full_name() }, AuditAction::LinkRejected)
            }
        };
        let audit = self.entry(doctor.id(), act, now);
        Some(LinkAnswer {
            link: self.id,
            from: self.status,
            to: answer.status(),
            notification: notice.to(self.patient),
            audit,
        })
    }

    /// The patient withdraws, or the doctor lets go, whatever the status.
    pub fn end(&self, by: AccountId, now: Timestamp) -> LinkEnd {
        LinkEnd { link: self.id, audit: self.entry(by, AuditAction::LinkDeleted, now) }
    }

    /// On the patient's side by the account alone; on the doctor's by the role, too: it may have been taken since.
    pub fn has_side(&self, caller: &Caller) -> bool {
        caller.id() == self.patient || self.doctor_of(caller).is_some()
    }

    /// The proof that the caller is this link's doctor, and a doctor still.
    pub fn doctor_of<'a>(&self, caller: &'a Caller) -> Option<Doctor<'a>> {
        caller.doctor().ok().filter(|doctor| doctor.id() == self.doctor)
    }

    /// # Errors
    /// [`CareError::LinkNotAccepted`].
    pub fn accepted(&self) -> Result<()> {
        if self.status == Status::Accepted { Ok(()) } else { Err(CareError::LinkNotAccepted) }
    }

    /// The audit entry of a link that is removed because it was rejected long ago.
    pub fn expired(id: LinkId, patient: AccountId, at: Timestamp) -> audit::AuditEntry {
        let entry = audit::AuditEntry {
            actor: None,
            ..audit::AuditEntry::own(patient, AuditAction::LinkExpired, at)
        };
        entry.by_link(id.get())
    }

    /// Someone acts on the patient's data by right of this link.
    pub(super) fn entry(&self, actor: AccountId, act: AuditAction, at: Timestamp) -> audit::AuditEntry {
        audit::AuditEntry {
            actor: Some(actor),
            patient: self.patient,
            act,
            link: Some(self.id.get()),
            object: None,
            at,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::testing::{house, sarah};

    fn link(status: Status) -> Link {
        Link {
            id: LinkId::new(1),
            patient: sarah().id(),
            doctor: house().id(),
            status,
            requested_at: Timestamp::UNIX_EPOCH,
            answered_at: None,
        }
    }

    #[test]
    fn a_doctor_may_answer_again_but_the_same_answer_changes_nothing() {
        use Status::{Accepted, Pending, Rejected};
        let doctor = || "Gregory House".to_owned();
        let accepted = Notice::LinkAccepted { doctor: doctor() };
        let rejected = Notice::LinkRejected { doctor: doctor() };
        for (from, answer, expected) in [
            (Pending, Answer::Accept, Some(accepted.clone())),
            (Pending, Answer::Reject, Some(rejected.clone())),
            (Accepted, Answer::Reject, Some(rejected.clone())),
            (Rejected, Answer::Accept, Some(accepted.clone())),
            (Accepted, Answer::Accept, None),
            (Rejected, Answer::Reject, None),
        ] {
            let house = house();
            let change = link(from).answer(house.doctor().unwrap(), answer, Timestamp::UNIX_EPOCH);
            assert_eq!(
                change.as_ref().map(|c| c.notification.notice.clone()),
                expected,
                "{from:?} {answer:?}"
            );
            if let Some(change) = change {
                assert_eq!(
                    (change.from, change.notification.owner, change.audit.link),
                    (from, sarah().id(), Some(1))
                );
            }
        }
    }

    #[test]
    fn a_request_goes_to_another_person_who_is_a_doctor() {
        let (sarah, house) = (sarah(), house());
        let ask = |who, whom: &Person| {
            Link::request(who, whom, Timestamp::UNIX_EPOCH).map(|o| o.notification.notice)
        };
        assert_eq!(
            ask(sarah.patient().unwrap(), &house.person).unwrap(),
            Notice::LinkRequested { patient: "Sarah Connor".into() }
        );
        assert!(matches!(ask(house.patient().unwrap(), &sarah.person), Err(CareError::NotADoctor)));
        assert!(matches!(ask(house.patient().unwrap(), &house.person), Err(CareError::Oneself)));
    }

    #[test]
    fn only_an_accepted_link_opens_anything() {
        assert!(link(Status::Accepted).accepted().is_ok());
        for status in [Status::Pending, Status::Rejected] {
            assert!(matches!(link(status).accepted(), Err(CareError::LinkNotAccepted)));
        }
    }
}
