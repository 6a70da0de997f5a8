//! What people can do with their profile and with the alarm button.
use super::{
    Alarm, AlarmId, AlarmUpdate, AppReport, Contact, ContactDraft, CrisisError, CrisisSetup, MusicChoice,
    Profile, ProfileAccess, ProfileChange, ProfileEdit, ProfileReading, Result, Therapist, TherapistChange,
    TherapistDraft, TherapistEdit, TrackId,
    contact::ContactCreated,
    letter_writer::LetterWriter,
    ports::{AlarmRepository, ProfileRepository},
};
use crate::{
    identity::Caller,
    owned::{Created, OwnedResource, OwnedService},
    shared::{Clock, Page, Patch},
};
use std::sync::Arc;

pub struct CrisisService {
    pub profiles: Arc<dyn ProfileRepository>,
    pub contacts: OwnedService<Contact>,
    pub setup: Arc<CrisisSetup>,
    pub clock: Arc<dyn Clock>,
}

impl CrisisService {
    /// # Errors
    /// [`CrisisError::ProfileUnknown`].
    pub fn profile(&self, access: ProfileAccess) -> Result<Profile> {
        let found = self.profiles.profile(&ProfileReading::by(access, self.clock.now()))?;
        found.ok_or(CrisisError::ProfileUnknown)
    }

    /// # Errors
    /// [`CrisisError::ProfileUnknown`], [`CrisisError::ScenarioUnknown`], [`CrisisError::TherapistUnknown`].
    pub fn edit_profile(&self, access: ProfileAccess, edit: ProfileEdit) -> Result<Profile> {
        if let Patch::Set(Some(scenario)) = edit.scenario {
            self.setup.scenario(scenario).ok_or(CrisisError::ScenarioUnknown)?;
        }
        self.profiles.change(&ProfileChange::by(access, edit, self.clock.now()))
    }

    /// # Errors
    /// [`CrisisError::TrackUnknown`].
    pub fn choose_music(&self, caller: &Caller, track: TrackId) -> Result<()> {
        self.setup.track(track).ok_or(CrisisError::TrackUnknown)?;
        let own = ProfileAccess::own(caller);
        self.profiles.choose_music(&MusicChoice::by(own, track, self.clock.now()))
    }

    /// # Errors
    /// [`CrisisError::TooManyContacts`].
    pub fn add_contact(&self, caller: &Caller, draft: ContactDraft) -> Result<Contact> {
        let created = Created::by(caller, Contact::AUDIT, draft, self.clock.now());
        self.contacts.repository.create(&ContactCreated(created))
    }

    /// Makes the caller's therapist, or replaces them. From now on they are told of alarms whose scenario says so.
    pub fn put_therapist(&self, caller: &Caller, draft: TherapistDraft) -> Result<Therapist> {
        self.profiles.put_therapist(&TherapistChange::by(caller, draft, self.clock.now()))
    }

    /// # Errors
    /// [`CrisisError::NoTherapist`].
    pub fn edit_therapist(&self, caller: &Caller, edit: TherapistEdit) -> Result<Therapist> {
        self.profiles.edit_therapist(&TherapistChange::by(caller, edit, self.clock.now()))
    }
}

pub struct AlarmService {
    pub alarms: Arc<dyn AlarmRepository>,
    pub letters: Arc<dyn LetterWriter>,
    pub setup: Arc<CrisisSetup>,
    pub clock: Arc<dyn Clock>,
}

impl AlarmService {
    /// Presses the button. When this returns the alarm is stored with its letters, and nothing of it can be lost: what is known
    /// of them is read after that, and if that fails they wait to be sent, as far as this knows.
    ///
    /// # Errors
    /// [`CrisisError::UserUnknown`]; [`CrisisError::NoScenario`], after the press was stored and the staff were told.
    pub fn raise(&self, caller: &Caller, access: ProfileAccess) -> Result<Alarm> {
        let (sheet, scenario) = self.alarms.sheet(access.owner())?.ok_or(CrisisError::UserUnknown)?;
        let scenario = scenario.and_then(|id| self.setup.scenario(id));
        let new = sheet.raise(access, caller.key.clone(), scenario, &*self.letters, self.clock.now());
        let id = self.alarms.raise(&new)?;
        if new.scenario().is_none() {
            return Err(CrisisError::NoScenario);
        }
        let read = self.alarms.find(access.owner(), id).ok().flatten();
        Ok(read.unwrap_or_else(|| new.unread(id)))
    }

    /// The alarm that was raised by this right, as far as it is known now.
    ///
    /// # Errors
    /// [`CrisisError::AlarmUnknown`].
    pub fn raised(&self, access: ProfileAccess, alarm: AlarmId) -> Result<Alarm> {
        self.alarms.find(access.owner(), alarm)?.ok_or(CrisisError::AlarmUnknown)
    }

    /// # Errors
    /// [`CrisisError::AlarmUnknown`], for another's too.
    pub fn own(&self, caller: &Caller, alarm: AlarmId) -> Result<Alarm> {
        self.raised(ProfileAccess::own(caller), alarm)
    }

    /// The caller's own, newest first.
    pub fn page(&self, caller: &Caller, page: Page<AlarmId>) -> Result<Vec<Alarm>> {
        Ok(self.alarms.page_of(caller.id(), page)?)
    }

    /// # Errors
    /// [`CrisisError::AlarmUnknown`], for another's too.
    pub fn report(&self, caller: &Caller, alarm: AlarmId, report: AppReport) -> Result<Alarm> {
        let own = ProfileAccess::own(caller);
        self.alarms.update(&AlarmUpdate::by(own, alarm, report, self.clock.now()))
    }

    /// A background job: tells of letters that nobody accepted for two minutes.
    pub fn tell_unreached(&self) -> Result<usize> {
        Ok(self.alarms.tell_unreached(self.clock.now())?)
    }
}

#[cfg(test)]
mod tests;
