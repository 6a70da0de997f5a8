//! The two kinds of what a doctor writes, and what each is in the audit log and to its patient.
use crate::{audit::Act, identity::Person, notifications::Notice};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EntryKind {
    Prescription,
    Diagnosis,
}

impl EntryKind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Prescription => "prescription",
            Self::Diagnosis => "diagnosis",
        }
    }
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Prescription, Self::Diagnosis].into_iter().find(|k| k.as_str() == word)
    }
    pub fn seen(self) -> Act {
        match self {
            Self::Prescription => Act::PrescriptionSeen,
            Self::Diagnosis => Act::DiagnosisSeen,
        }
    }
    pub(super) fn made(self, doctor: &Person) -> (Act, Notice) {
        match self {
            Self::Prescription => (Act::PrescriptionMade, Notice::PrescriptionCreated {}),
            Self::Diagnosis => (Act::DiagnosisMade, Notice::DiagnosisCreated { doctor: doctor.full_name() }),
        }
    }
    pub(super) fn changed(self, doctor: &Person) -> (Act, Notice) {
        match self {
            Self::Prescription => (Act::PrescriptionChanged, Notice::PrescriptionChanged {}),
            Self::Diagnosis => {
                (Act::DiagnosisChanged, Notice::DiagnosisChanged { doctor: doctor.full_name() })
            }
        }
    }
    pub(super) fn deleted(self) -> Act {
        match self {
            Self::Prescription => Act::PrescriptionDeleted,
            Self::Diagnosis => Act::DiagnosisDeleted,
        }
    }
}
