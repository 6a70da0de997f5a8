//! The two kinds of what a doctor writes, and what each is in the trail and to its patient.
use crate::{
    audit::Act,
    identity::{AccountId, Person},
    notifications::Notice,
};

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
    pub(super) fn made(self, patient: AccountId, doctor: &Person) -> (Act, Notice) {
        match self {
            Self::Prescription => (Act::PrescriptionMade, Notice::prescription_made(patient)),
            Self::Diagnosis => (Act::DiagnosisMade, Notice::diagnosis_made(patient, &doctor.full_name())),
        }
    }
    pub(super) fn changed(self, patient: AccountId, doctor: &Person) -> (Act, Notice) {
        match self {
            Self::Prescription => (Act::PrescriptionChanged, Notice::prescription_changed(patient)),
            Self::Diagnosis => {
                (Act::DiagnosisChanged, Notice::diagnosis_changed(patient, &doctor.full_name()))
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
