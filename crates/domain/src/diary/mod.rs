//! The pain diary: where it hurts, how, how much; and plain notes beside it.
mod body_part;
mod error;
mod note;
pub mod ports;
mod record;
mod service;
pub use body_part::{BodyMap, BodyPart, BodyPartId};
pub use error::{DiaryError, Result};
pub use note::{Note, NoteDraft, NoteEdit, NoteEditing, NoteId, NoteTitle, NoteWriting};
pub use record::{
    Description, Intensity, PainType, Record, RecordDraft, RecordEdit, RecordEditing, RecordEntry, RecordId,
};
pub use service::{DiaryService, Whose};
