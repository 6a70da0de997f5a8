//! Help in a crisis: what somebody with PTSD tells of themselves, whom to tell when they raise an alarm, and the alarm.
mod access;
mod alarm;
mod alarm_service;
mod answer;
mod answer_service;
mod consent;
mod consent_service;
mod contact;
mod error;
mod event;
mod letter_writer;
mod message;
pub mod ports;
mod press;
mod profile;
mod recipient;
mod repeat;
mod safe;
mod service;
mod setup;
mod sheet;
mod therapist;
pub use access::ProfileAccess;
pub use alarm::{Alarm, AlarmId, AlarmRecipient, AlarmUpdate, AppReport, Progress};
pub use alarm_service::AlarmService;
pub use answer::{ANSWERED_WITHIN, AnswerPage};
pub use answer_service::AnswerService;
pub use consent::{
    ASKED_MAX, ASKED_WITHIN, ConsentAnswer, ConsentLetter, ConsentPage, ConsentRequest, NewAddress,
    address_hash,
};
pub use consent_service::{ConsentService, Consents};
pub use contact::{
    Contact, ContactCreated, ContactDraft, ContactEdit, ContactEmail, ContactId, ContactName, ContactPhone,
    MaybeEmail, Relationship,
};
pub use error::{CrisisError, Result};
pub use event::{AlarmChanged, StaffAlert, StaffAlertReason, topic_of};
pub use letter_writer::{AlarmFacts, LetterLinks, LetterWriter};
pub use message::{AlarmMessage, MessageMaker};
pub use press::{JOINED_WITHIN, NewAlarm, UNREACHED_AFTER};
pub use profile::{
    Age, Location, MusicChoice, Profile, ProfileChange, ProfileEdit, ProfileReading, PtsdLevel,
};
pub use recipient::{
    Address, Consent, Recipient, RecipientRole, UNCONFIRMED_CALLS_PER_HOUR, UNCONFIRMED_MAX,
    UNCONFIRMED_PER_HOUR, UnconfirmedSent,
};
pub use repeat::{DueRepeat, NewRepeat, RepeatPlan, Told};
pub use safe::{Alarmed, AlarmedPeople, SafeMessage, SafeReport};
pub use service::CrisisService;
pub use setup::{CrisisSetup, Scenario, ScenarioId, Track, TrackId};
pub use sheet::AlarmSheet;
pub use therapist::{Therapist, TherapistChange, TherapistDraft, TherapistEdit};
