//! Records of pain, the body map, notes.
use super::base::Base;
use domain::{
    diary::{DiaryService, Note},
    owned::OwnedService,
    shared::StoreError,
};
use infra::diary::{DieselNoteRepository, DieselRecordRepository, load_body_map};
use std::sync::Arc;

/// # Errors
/// When the body map cannot be read.
pub(crate) fn diary(base: &Base<'_>) -> Result<DiaryService, StoreError> {
    let records = Arc::new(DieselRecordRepository::new(base.store.clone(), base.data_keys.clone()));
    Ok(DiaryService {
        records: OwnedService { repository: records.clone(), clock: base.clock.clone() },
        patients: records,
        body: load_body_map(&base.store)?,
        clock: base.clock.clone(),
    })
}

pub(crate) fn notes(base: &Base<'_>) -> OwnedService<Note> {
    OwnedService {
        repository: Arc::new(DieselNoteRepository::new(base.store.clone(), base.data_keys.clone())),
        clock: base.clock.clone(),
    }
}
