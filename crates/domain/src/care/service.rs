//! What patients and doctors can do with their links.
use super::{
    Answer, CareError, Entry, EntryDraft, EntryEdit, EntryId, EntryKind, EntryWriting, Link, LinkId,
    LinkSheet, Result,
    ports::{EntryRepository, LinkRepository, People},
};
use crate::{
    identity::{AccountId, Caller, Username},
    shared::{Clock, Invalid, Violations, Window},
};
use std::sync::Arc;

/// Two doctors' tablets may answer one request at once; a third try has a patient wait for nothing.
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
    /// [`CareError::WrongRole`], [`CareError::DoctorUnknown`], [`CareError::NotADoctor`], [`CareError::Oneself`],
    /// [`CareError::AlreadyRequested`].
    pub fn request_link(&self, caller: &Caller, doctor: Option<&Username>) -> Result<LinkId> {
        let patient = caller.patient()?;
        let doctor = doctor.ok_or(CareError::DoctorUnknown)?;
        let doctor = self.people.named(doctor)?.ok_or(CareError::DoctorUnknown)?;
        self.links.open(&Link::request(patient, &doctor, self.clock.now())?)
    }

    /// A patient takes a request back, or leaves a doctor.
    ///
    /// # Errors
    /// [`CareError::RequestUnknown`].
    pub fn withdraw(&self, caller: &Caller, doctor: Option<&Username>) -> Result<()> {
        let doctor = doctor.ok_or(CareError::RequestUnknown)?;
        let link = self.links.with_doctor_named(caller.id(), doctor)?.ok_or(CareError::RequestUnknown)?;
        self.links.end(&link.end(caller.id(), self.clock.now()))
    }

    /// A doctor answers a patient's request. The link is looked for first: `answer` is `None` when the word was neither.
    ///
    /// # Errors
    /// [`CareError::WrongRole`], [`CareError::RequestUnknown`], [`CareError::AnswerUnknown`].
    pub fn respond(
        &self,
        caller: &Caller,
        patient: Option<AccountId>,
        answer: Option<Answer>,
    ) -> Result<Answer> {
        let doctor = caller.doctor()?;
        let patient = patient.ok_or(CareError::RequestUnknown)?;
        for _ in 0..TRIES {
            let link = self.links.between(patient, doctor.id())?.ok_or(CareError::RequestUnknown)?;
            let answer = answer.ok_or(CareError::AnswerUnknown)?;
            let Some(change) = link.answer(doctor, answer, self.clock.now()) else { return Ok(answer) };
            match self.links.answer(&change) {
                Err(CareError::Outdated) => continue,
                written => return written.map(|()| answer),
            }
        }
        Err(CareError::Outdated)
    }

    /// A doctor lets a patient go.
    ///
    /// # Errors
    /// [`CareError::WrongRole`], [`CareError::RequestUnknown`].
    pub fn release(&self, caller: &Caller, patient: Option<AccountId>) -> Result<()> {
        let doctor = caller.doctor()?;
        let patient = patient.ok_or(CareError::RequestUnknown)?;
        let link = self.links.between(patient, doctor.id())?.ok_or(CareError::RequestUnknown)?;
        self.links.end(&link.end(doctor.id(), self.clock.now()))
    }

    /// Every link of the caller's, of every status, from either side.
    pub fn links_of(&self, caller: &Caller, window: Window<LinkId>) -> Result<Vec<LinkSheet>> {
        Ok(self.links.sheets_for(caller.id(), window, self.clock.now())?)
    }

    /// The entry on a link of the caller's, read from either side.
    ///
    /// # Errors
    /// [`CareError::LinkUnknown`], [`CareError::LinkNotAccepted`].
    pub fn entry_on(&self, caller: &Caller, kind: EntryKind, link: Option<LinkId>) -> Result<Option<Entry>> {
        let link = self.own(caller, link)?;
        link.accepted()?;
        if caller.id() != link.doctor {
            return Ok(self.entries.on(kind, link.id)?);
        }
        let seen = link.entry(caller.id(), kind.seen(), self.clock.now());
        self.entries.read_as_doctor(kind, link.id, &seen)
    }

    /// The link that the caller may write on.
    ///
    /// # Errors
    /// [`CareError::LinkUnknown`], [`CareError::LinkNotAccepted`].
    pub fn writable(&self, caller: &Caller, link: Option<LinkId>) -> Result<Link> {
        let link = self.own(caller, link)?;
        EntryWriting::permit(&link, caller)?;
        Ok(link)
    }

    /// Notes what is wrong with a reference to a link that the caller wants to write on: one that is not theirs is as
    /// unknown as one that does not exist.
    pub fn note_reference(
        &self,
        caller: &Caller,
        kind: EntryKind,
        link: LinkId,
        violations: &mut Violations,
    ) -> Result<()> {
        match self.own(caller, Some(link)) {
            Err(CareError::LinkUnknown) => {
                violations.add("link", Invalid::UnknownReference(link.to_string()));
            }
            Err(other) => return Err(other),
            Ok(link) if self.entries.on(kind, link.id)?.is_some() => {
                violations.add("link", Invalid::TakenBy(kind.as_str()))
            }
            Ok(_) => {}
        }
        Ok(())
    }

    /// # Errors
    /// [`CareError::LinkUnknown`], [`CareError::LinkNotAccepted`], [`CareError::EntryExists`].
    pub fn write(&self, caller: &Caller, kind: EntryKind, link: &Link, draft: EntryDraft) -> Result<Entry> {
        self.entries.write(&EntryWriting::on(link, kind, draft, caller, self.clock.now())?)
    }

    /// The entry that the caller may change, with its link.
    ///
    /// # Errors
    /// [`CareError::EntryUnknown`], [`CareError::EntryForeign`], [`CareError::LinkNotAccepted`].
    pub fn changeable(&self, caller: &Caller, kind: EntryKind, id: Option<EntryId>) -> Result<(Entry, Link)> {
        let id = id.ok_or(CareError::EntryUnknown(kind))?;
        let (entry, link) = self.entries.find(kind, id)?.ok_or(CareError::EntryUnknown(kind))?;
        entry.permit_change(&link, caller)?;
        Ok((entry, link))
    }

    /// # Errors
    /// As [`changeable`](Self::changeable).
    pub fn change(&self, caller: &Caller, (entry, link): &(Entry, Link), edit: EntryEdit) -> Result<Entry> {
        self.entries.change(entry.kind, &entry.change(link, edit, caller, self.clock.now())?)
    }

    /// # Errors
    /// As [`changeable`](Self::changeable).
    pub fn remove(&self, caller: &Caller, kind: EntryKind, id: Option<EntryId>) -> Result<()> {
        let (entry, link) = self.changeable(caller, kind, id)?;
        self.entries.remove(kind, &entry.remove(&link, caller, self.clock.now())?)
    }

    /// The background job: links rejected a day ago disappear. Returns how many.
    pub fn remove_rejected(&self) -> Result<usize> {
        let now = self.clock.now();
        Ok(self.links.remove_rejected(now - Link::REJECTED_FOR, now)?)
    }

    /// A link of the caller's; another's is as unknown as none.
    fn own(&self, caller: &Caller, link: Option<LinkId>) -> Result<Link> {
        let found = link.map(|id| self.links.find(id)).transpose()?.flatten();
        found.filter(|link| link.is_side(caller.id())).ok_or(CareError::LinkUnknown)
    }
}

#[cfg(test)]
mod tests;
