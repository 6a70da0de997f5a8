//! A doctor opens a patient's diary.
use super::RecordId;
use crate::{
    audit::{self, AuditAction},
    identity::{AccountId, Doctor},
    shared::{Page, Timestamp},
};

/// What is read, with the audit entry that tells of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiaryReading {
    doctor: AccountId,
    patient: AccountId,
    page: Page<RecordId>,
    audit: audit::AuditEntry,
}

impl DiaryReading {
    pub fn by(doctor: Doctor<'_>, patient: AccountId, page: Page<RecordId>, now: Timestamp) -> Self {
        let (doctor, act) = (doctor.id(), AuditAction::RecordsSeen);
        let audit = audit::AuditEntry { patient, ..audit::AuditEntry::own(doctor, act, now) };
        Self { doctor, patient, page, audit }
    }
    pub fn doctor(&self) -> AccountId {
        self.doctor
    }
    pub fn patient(&self) -> AccountId {
        self.patient
    }
    pub fn page(&self) -> Page<RecordId> {
        self.page
    }
    /// Without the link that justifies it: the store finds it in the transaction that reads.
    pub fn audit(&self) -> &audit::AuditEntry {
        &self.audit
    }
}
