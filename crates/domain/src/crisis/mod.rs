//! Help in a crisis: what somebody with PTSD tells of themselves, whom to tell when they raise an alarm, and the alarm.
mod access;
mod alarm;
mod contact;
mod error;
mod event;
mod letter_writer;
pub mod ports;
mod press;
mod profile;
mod service;
mod setup;
mod therapist;
pub use access::ProfileAccess;
pub use alarm::{Alarm, AlarmId, AlarmRecipient, AlarmUpdate, AppReport, RecipientRole};
pub use contact::{
    Contact, ContactCreated, ContactDraft, ContactEdit, ContactEmail, ContactId, ContactName, ContactPhone,
    MaybeEmail, Relationship,
};
pub use error::{CrisisError, Result};
pub use event::{AlarmChanged, StaffAlert, StaffAlertReason, topic_of};
pub use letter_writer::{AlarmFacts, LetterWriter};
pub use press::{AlarmLetter, AlarmSheet, JOINED_WITHIN, NewAlarm, UNREACHED_AFTER};
pub use profile::{
    Age, Location, MusicChoice, Profile, ProfileChange, ProfileEdit, ProfileReading, PtsdLevel,
};
pub use service::{AlarmService, CrisisService};
pub use setup::{CrisisSetup, Scenario, ScenarioId, Track, TrackId};
pub use therapist::{Therapist, TherapistChange, TherapistDraft, TherapistEdit};
