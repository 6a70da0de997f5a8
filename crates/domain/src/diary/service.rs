//! What people can do with a diary.
use super::{
    BodyMap, DiaryError, Note, NoteDraft, NoteEdit, NoteId, Record, RecordDraft, RecordEdit, RecordId,
    Result,
    ports::{NoteRepository, Reading, RecordRepository},
};
use crate::{
    identity::{AccountId, Caller, Person},
    shared::{Clock, Window},
};
use std::sync::Arc;

pub struct DiaryService {
    pub records: Arc<dyn RecordRepository>,
    pub notes: Arc<dyn NoteRepository>,
    pub body: BodyMap,
    pub clock: Arc<dyn Clock>,
}

/// Whose diary somebody asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    Own,
    /// `None` when what was sent is no id at all.
    Patient(Option<AccountId>),
}

impl DiaryService {
    /// Whose diary it is, and its records. Only a doctor can ask for another's; for anyone else the question is about
    /// their own.
    ///
    /// # Errors
    /// [`DiaryError::NotYourPatient`].
    pub fn records(
        &self,
        caller: &Caller,
        whose: Whose,
        window: Window<RecordId>,
    ) -> Result<(Person, Vec<Record>)> {
        match (caller.doctor(), whose) {
            (Ok(doctor), Whose::Patient(patient)) => {
                let patient = patient.ok_or(DiaryError::NotYourPatient)?;
                self.records.read_as_doctor(&Reading {
                    doctor: doctor.id(),
                    patient,
                    window,
                    at: self.clock.now(),
                })
            }
            (Err(_), _) | (Ok(_), Whose::Own) => {
                Ok((caller.person.clone(), self.records.of(caller.id(), window)?))
            }
        }
    }

    pub fn record(&self, caller: &Caller, draft: RecordDraft) -> Result<Record> {
        Ok(self.records.make(&draft.entry(&caller.person, self.clock.now()))?)
    }

    /// # Errors
    /// [`DiaryError::RecordUnknown`] for another's record too.
    pub fn own_record(&self, caller: &Caller, id: Option<RecordId>) -> Result<Record> {
        let found = id.map(|id| self.records.find(id)).transpose()?.flatten();
        found.ok_or(DiaryError::RecordUnknown)?.owned_by(caller.id())
    }

    /// # Errors
    /// [`DiaryError::RecordUnknown`] if it was deleted in between.
    pub fn edit_record(&self, record: &Record, edit: RecordEdit) -> Result<Record> {
        self.records.edit(&record.edit(edit, self.clock.now()))
    }

    /// # Errors
    /// [`DiaryError::RecordUnknown`].
    pub fn delete_record(&self, caller: &Caller, id: Option<RecordId>) -> Result<()> {
        let record = self.own_record(caller, id)?;
        self.records.delete(record.owner, record.id, &record.deletion(self.clock.now()))
    }

    pub fn notes(&self, caller: &Caller, window: Window<NoteId>) -> Result<Vec<Note>> {
        Ok(self.notes.of(caller.id(), window)?)
    }

    pub fn write_note(&self, caller: &Caller, draft: NoteDraft) -> Result<Note> {
        Ok(self.notes.write(&draft.writing(caller.id(), self.clock.now()))?)
    }

    /// # Errors
    /// [`DiaryError::NoteUnknown`] for another's note too.
    pub fn own_note(&self, caller: &Caller, id: Option<NoteId>) -> Result<Note> {
        let found = id.map(|id| self.notes.find(id)).transpose()?.flatten();
        found.ok_or(DiaryError::NoteUnknown)?.owned_by(caller.id())
    }

    /// # Errors
    /// [`DiaryError::NoteUnknown`] if it was deleted in between.
    pub fn edit_note(&self, note: &Note, edit: NoteEdit) -> Result<Note> {
        self.notes.edit(&note.edit(edit, self.clock.now()))
    }

    /// # Errors
    /// [`DiaryError::NoteUnknown`].
    pub fn delete_note(&self, caller: &Caller, id: Option<NoteId>) -> Result<()> {
        let note = self.own_note(caller, id)?;
        self.notes.delete(note.owner, note.id, &note.deletion(self.clock.now()))
    }
}

#[cfg(test)]
mod tests;
