//! The pain diary: where it hurts, how, how much; and plain notes beside it.
mod body_part;
mod error;
mod note;
pub mod ports;
mod reading;
mod record;
mod service;
pub use body_part::{BodyMap, BodyPart, BodyPartId};
pub use error::{DiaryError, Result};
pub use note::{Note, NoteDraft, NoteEdit, NoteId, NoteTitle};
pub use reading::DiaryReading;
pub use record::{Intensity, PainType, Record, RecordCreated, RecordDraft, RecordEdit, RecordId};
pub use service::DiaryService;
