//! What patients and doctors can do with their links.
use super::{
    Answer, CareError, Entry, EntryDraft, EntryEdit, EntryId, EntryKind, Link, LinkId, LinkSheet, OwnEntry,
    Result, WritableLink,
    ports::{EntryRepository, LinkRepository},
};
use crate::{
    identity::{AccountId, Caller, Doctor, Patient, Username, ports::People},
    shared::{Clock, Each, FieldError, FieldErrors, Page},
};
use std::sync::Arc;

/// Optimistic-lock retries; three are enough for two devices answering at once.
const TRIES: usize = 3;

pub struct CareService {
    pub links: Arc<dyn LinkRepository>,
    pub entries: Arc<dyn EntryRepository>,
    pub people: Arc<dyn People>,
    pub clock: Arc<dyn Clock>,
}

impl CareService {
    /// A patient asks the doctor of that name.
    ///
    /// # Errors
    /// [`CareError::DoctorUnknown`], [`CareError::NotADoctor`], [`CareError::Oneself`],
    /// [`CareError::AlreadyRequested`].
    pub fn request_link(&self, patient: Patient<'_>, doctor: &Username) -> Result<LinkId> {
        let doctor = self.people.named(doctor)?.ok_or(CareError::DoctorUnknown)?;
        self.links.open(&Link::request(patient, &doctor, self.clock.now())?)
    }

    /// A patient takes a request back, or leaves a doctor.
    ///
    /// # Errors
    /// [`CareError::RequestUnknown`].
    pub fn withdraw(&self, caller: &Caller, doctor: &Username) -> Result<()> {
        let link = self.links.with_doctor_named(caller.id(), doctor)?.ok_or(CareError::RequestUnknown)?;
        self.links.end(&link.end(caller.id(), self.clock.now()))
    }

    /// The doctor's link with a patient, whatever its status.
    ///
    /// # Errors
    /// [`CareError::RequestUnknown`].
    pub fn link_with(&self, doctor: Doctor<'_>, patient: AccountId) -> Result<Link> {
        self.links.between(patient, doctor.id())?.ok_or(CareError::RequestUnknown)
    }

    /// A doctor answers a patient's request.
    ///
    /// # Errors
    /// [`CareError::RequestUnknown`]; [`CareError::Outdated`] if others answered it in the meantime, several times.
    pub fn respond(&self, doctor: Doctor<'_>, patient: AccountId, answer: Answer) -> Result<()> {
        for _ in 0..TRIES {
            let link = self.link_with(doctor, patient)?;
            let Some(change) = link.answer(doctor, answer, self.clock.now()) else { return Ok(()) };
            match self.links.answer(&change) {
                Err(CareError::Outdated) => continue,
                written => return written,
            }
        }
        Err(CareError::Outdated)
    }

    /// A doctor lets a patient go.
    ///
    /// # Errors
    /// [`CareError::RequestUnknown`].
    pub fn release(&self, doctor: Doctor<'_>, patient: AccountId) -> Result<()> {
        let link = self.link_with(doctor, patient)?;
        self.links.end(&link.end(doctor.id(), self.clock.now()))
    }

    /// Shows `each` link of the caller's, of every status, from either side; from the doctor's only while they are a doctor.
    pub fn links_of(
        &self,
        caller: &Caller,
        page: Page<LinkId>,
        each: &mut Each<'_, LinkSheet>,
    ) -> Result<()> {
        let now = self.clock.now();
        Ok(self.links.sheets_for(caller, page, now, &mut |sheet| each(sheet.redacted()))?)
    }

    /// The entry on a link of the caller's, read from either side.
    ///
    /// # Errors
    /// [`CareError::LinkUnknown`], [`CareError::LinkNotAccepted`].
    pub fn entry_on(&self, caller: &Caller, kind: EntryKind, link: LinkId) -> Result<Option<Entry>> {
        let link = self.own_link(caller, link)?;
        link.accepted()?;
        let Some(doctor) = link.doctor_of(caller) else {
            return Ok(self.entries.on(kind, link.id)?);
        };
        let seen = link.entry(doctor.id(), kind.seen(), self.clock.now());
        self.entries.read_as_doctor(kind, link.id, &seen)
    }

    /// # Errors
    /// [`CareError::LinkUnknown`] for anyone but the link's doctor, [`CareError::LinkNotAccepted`].
    pub fn writable<'a>(&self, caller: &'a Caller, link: LinkId) -> Result<WritableLink<'a>> {
        WritableLink::check(caller, self.own_link(caller, link)?)
    }

    /// Notes what is wrong with a reference to a link that the caller wants to write on: one that is not theirs is as
    /// unknown as one that does not exist.
    pub fn note_reference(
        &self,
        caller: &Caller,
        kind: EntryKind,
        link: LinkId,
        field_errors: &mut FieldErrors,
    ) -> Result<()> {
        match self.own_link(caller, link) {
            Err(CareError::LinkUnknown) => {
                field_errors.add("link", FieldError::UnknownReference(link.to_string()));
            }
            Err(other) => return Err(other),
            Ok(link) if self.entries.on(kind, link.id)?.is_some() => {
                field_errors.add("link", FieldError::TakenBy(kind.as_str()))
            }
            Ok(_) => {}
        }
        Ok(())
    }

    /// # Errors
    /// [`CareError::EntryExists`]; [`CareError::LinkUnknown`] and [`CareError::LinkNotAccepted`] if the link has changed
    /// since it was found.
    pub fn write(&self, on: &WritableLink<'_>, kind: EntryKind, draft: EntryDraft) -> Result<Entry> {
        self.entries.write(&on.write(kind, draft, self.clock.now()))
    }

    /// # Errors
    /// [`CareError::EntryUnknown`], [`CareError::EntryForeign`] for anyone but the link's doctor,
    /// [`CareError::LinkNotAccepted`].
    pub fn own_entry<'a>(&self, caller: &'a Caller, kind: EntryKind, id: EntryId) -> Result<OwnEntry<'a>> {
        let (entry, link) = self.entries.find(kind, id)?.ok_or(CareError::EntryUnknown(kind))?;
        OwnEntry::check(caller, entry, link)
    }

    /// # Errors
    /// [`CareError::EntryUnknown`], [`CareError::LinkUnknown`] and [`CareError::LinkNotAccepted`] if either has changed
    /// since it was found.
    pub fn change(&self, own: &OwnEntry<'_>, edit: EntryEdit) -> Result<Entry> {
        self.entries.change(own.kind, &own.change(edit, self.clock.now()))
    }

    /// # Errors
    /// As [`change`](Self::change).
    pub fn remove(&self, own: OwnEntry<'_>) -> Result<()> {
        self.entries.remove(own.kind, &own.remove(self.clock.now()))
    }

    /// The background job: links rejected a day ago disappear. Returns how many.
    pub fn remove_rejected(&self) -> Result<usize> {
        let now = self.clock.now();
        Ok(self.links.remove_rejected(now - Link::REJECTED_FOR, now)?)
    }

    /// A link of the caller's, from either side; another's is as unknown as none, and so is a former doctor's.
    fn own_link(&self, caller: &Caller, link: LinkId) -> Result<Link> {
        let found = self.links.find(link)?;
        found.filter(|link| link.has_side(caller)).ok_or(CareError::LinkUnknown)
    }
}

#[cfg(test)]
mod tests;
