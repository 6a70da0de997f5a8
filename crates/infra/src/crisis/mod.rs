//! Profiles, contacts and alarms of people in a crisis.
mod alarm_queue;
mod alarm_rows;
mod alarms;
mod contacts;
mod events;
mod letters;
mod profiles;
mod setup;
mod therapists;
mod unreached;
pub use alarm_queue::DieselAlarmQueue;
pub use alarms::DieselAlarmRepository;
pub use contacts::DieselContactRepository;
pub use events::event_codecs;
pub use letters::AlarmLetterWriter;
pub use profiles::DieselProfileRepository;
pub use setup::load_setup;
