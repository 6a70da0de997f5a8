//! What people can do with a diary.
use super::{
    BodyMap, DiaryReading, Record, RecordCreated, RecordDraft, RecordId, Result,
    ports::{EachRecord, PatientRecords},
};
use crate::{
    identity::{AccountId, Caller, Doctor},
    owned::OwnedService,
    shared::{Clock, Page},
};
use std::sync::Arc;

pub struct DiaryService {
    pub records: OwnedService<Record>,
    pub patients: Arc<dyn PatientRecords>,
    pub body: BodyMap,
    pub clock: Arc<dyn Clock>,
}

impl DiaryService {
    /// Notifies each doctor who has an accepted link with the caller.
    pub fn create_record(&self, caller: &Caller, draft: RecordDraft) -> Result<Record> {
        self.records.repository.create(&RecordCreated::by(caller, draft, self.clock.now()))
    }

    /// Shows `each` record, oldest first, with whose diary it is.
    ///
    /// # Errors
    /// [`DiaryError::NotYourPatient`](super::DiaryError::NotYourPatient) without an accepted link.
    pub fn records_of_patient(
        &self,
        doctor: Doctor<'_>,
        patient: AccountId,
        page: Page<RecordId>,
        each: &mut EachRecord<'_>,
    ) -> Result<()> {
        self.patients.read_as_doctor(&DiaryReading::by(doctor, patient, page, self.clock.now()), each)
    }
}

#[cfg(test)]
mod tests;
