//! A doctor opens a patient's diary.
use super::RecordId;
use crate::{
    audit::{self, Act},
    identity::{AccountId, Doctor},
    shared::{Timestamp, Window},
};

/// What is read, with the audit entry that tells of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiaryReading {
    doctor: AccountId,
    patient: AccountId,
    window: Window<RecordId>,
    audit: audit::Entry,
}

impl DiaryReading {
    pub fn by(doctor: Doctor<'_>, patient: AccountId, window: Window<RecordId>, now: Timestamp) -> Self {
        let (doctor, act) = (doctor.id(), Act::RecordsSeen);
        let audit = audit::Entry { patient, ..audit::Entry::own(doctor, act, now) };
        Self { doctor, patient, window, audit }
    }
    pub fn doctor(&self) -> AccountId {
        self.doctor
    }
    pub fn patient(&self) -> AccountId {
        self.patient
    }
    pub fn window(&self) -> Window<RecordId> {
        self.window
    }
    /// Without the link that justifies it: the store finds it in the transaction that reads.
    pub fn audit(&self) -> &audit::Entry {
        &self.audit
    }
}
