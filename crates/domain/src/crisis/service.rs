//! What people can do with their profile.
use super::{
    ConsentService, Contact, ContactDraft, CrisisError, CrisisSetup, MusicChoice, Profile, ProfileAccess,
    ProfileChange, ProfileEdit, ProfileReading, Result, Therapist, TherapistChange, TherapistDraft,
    TherapistEdit, TrackId, contact::ContactCreated, ports::ProfileRepository,
};
use crate::{
    identity::Caller,
    owned::{Created, OwnedResource, OwnedService},
    shared::{Clock, Patch},
};
use std::sync::Arc;

pub struct CrisisService {
    pub profiles: Arc<dyn ProfileRepository>,
    pub contacts: OwnedService<Contact>,
    pub consents: Arc<ConsentService>,
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

#[cfg(test)]
mod tests;
