//! The two kinds of what a doctor writes, and what each is in the audit log and to its patient.
use crate::{audit::AuditAction, identity::Person, notifications::Notice};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EntryKind {
    Prescription,
    Diagnosis,
}

impl EntryKind {
    pub const ALL: [Self; 2] = [Self::Prescription, Self::Diagnosis];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Prescription => "prescription",
            Self::Diagnosis => "diagnosis",
        }
    }
    pub fn seen(self) -> AuditAction {
        match self {
            Self::Prescription => AuditAction::PrescriptionSeen,
            Self::Diagnosis => AuditAction::DiagnosisSeen,
        }
    }
    pub(super) fn made(self, doctor: &Person) -> (AuditAction, Notice) {
        match self {
            Self::Prescription => (AuditAction::PrescriptionMade, Notice::PrescriptionCreated {}),
            Self::Diagnosis => {
                (AuditAction::DiagnosisMade, Notice::DiagnosisCreated { doctor: doctor.full_name() })
            }
        }
    }
    pub(super) fn changed(self, doctor: &Person) -> (AuditAction, Notice) {
        match self {
            Self::Prescription => (AuditAction::PrescriptionChanged, Notice::PrescriptionChanged {}),
            Self::Diagnosis => {
                (AuditAction::DiagnosisChanged, Notice::DiagnosisChanged { doctor: doctor.full_name() })
            }
        }
    }
    pub(super) fn deleted(self) -> AuditAction {
        match self {
            Self::Prescription => AuditAction::PrescriptionDeleted,
            Self::Diagnosis => AuditAction::DiagnosisDeleted,
        }
    }
}
