//! What people can do with the alarm button.
use super::{
    Alarm, AlarmId, AlarmSheet, AlarmUpdate, AppReport, CrisisError, CrisisSetup, DueRepeat, ProfileAccess,
    RepeatPlan, Result, SafeReport, letter_writer::LetterWriter, message::MessageMaker,
    ports::AlarmRepository,
};
use crate::{
    identity::Caller,
    outbox::{Links, Origin},
    shared::{Clock, Page, Timestamp},
};
use std::sync::Arc;

pub struct AlarmService {
    pub alarms: Arc<dyn AlarmRepository>,
    pub letters: Arc<dyn LetterWriter>,
    pub links: Links,
    /// Whether the operator has a webhook, which tells people by telephone.
    pub has_webhook: bool,
    pub repeats: RepeatPlan,
    pub setup: Arc<CrisisSetup>,
    pub clock: Arc<dyn Clock>,
}

impl AlarmService {
    /// Presses the button. When this returns the alarm is stored with its letters, and nothing of it can be lost: what is known
    /// of them is read after that, and if that fails they wait to be sent, as far as this knows.
    ///
    /// # Errors
    /// [`CrisisError::UserUnknown`]; [`CrisisError::NoScenario`], after the press was stored and the staff were told.
    pub fn raise(&self, caller: &Caller, access: ProfileAccess, origin: Option<&Origin>) -> Result<Alarm> {
        let now = self.clock.now();
        let (sheet, scenario) = self.alarms.sheet(access.owner(), now)?.ok_or(CrisisError::UserUnknown)?;
        let scenario = scenario.and_then(|id| self.setup.scenario(id));
        let maker = self.maker(origin, &sheet);
        let new = sheet.raise(access, caller.key.clone(), scenario, maker, self.repeats, now);
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

    /// The caller is safe: their alarm and those before it end, and who may have been told of them is told of this. A second time
    /// changes nothing.
    ///
    /// # Errors
    /// [`CrisisError::AlarmUnknown`], for another's too.
    pub fn end_as_safe(&self, caller: &Caller, alarm: AlarmId) -> Result<Alarm> {
        let own = ProfileAccess::own(caller);
        let alarmed = self.alarms.alarmed(own.owner(), alarm)?.ok_or(CrisisError::AlarmUnknown)?;
        self.alarms.end_as_safe(&SafeReport::by(own, alarm, alarmed, &*self.letters, self.clock.now()))
    }

    /// A background job: sends the messages of alarms again that nobody has answered in time. One that fails holds up no other, and
    /// waits for the next turn. Returns how many alarms there were.
    pub fn repeat_unanswered(&self) -> Result<usize> {
        let now = self.clock.now();
        let (mut repeated, mut failure) = (0, None);
        for due in self.alarms.due_repeats(now)? {
            match self.repeat(&due, now) {
                Ok(done) => repeated += usize::from(done),
                Err(e) => failure = Some(e),
            }
        }
        failure.map_or(Ok(repeated), Err)
    }

    fn repeat(&self, due: &DueRepeat, now: Timestamp) -> Result<bool> {
        let Some((sheet, _)) = self.alarms.sheet(due.owner, now)? else { return Ok(false) };
        let maker = self.maker(due.origin.as_ref(), &sheet);
        Ok(self.alarms.repeat(&due.repeat(&sheet, maker, self.repeats, now))?)
    }

    fn maker<'a>(&'a self, origin: Option<&'a Origin>, sheet: &AlarmSheet) -> MessageMaker<'a> {
        MessageMaker {
            writer: &*self.letters,
            links: &self.links,
            origin: self.links.public_url.as_ref().or(origin),
            has_webhook: self.has_webhook,
            unconfirmed_sent: sheet.unconfirmed_sent,
        }
    }

    /// A background job: tells of letters that nobody accepted for two minutes.
    pub fn tell_unreached(&self) -> Result<usize> {
        Ok(self.alarms.tell_unreached(self.clock.now())?)
    }
}

#[cfg(test)]
mod tests;
