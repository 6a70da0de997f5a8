//! Who treats whom. A patient asks a doctor for a *link*; the doctor accepts or rejects it, and only an accepted link
//! opens the patient's diary and carries a prescription and a diagnosis.
mod entry;
mod entry_kind;
mod error;
mod link;
mod permit;
pub mod ports;
mod service;
mod sheet;
pub use entry::{Entry, EntryChange, EntryDraft, EntryEdit, EntryId, EntryRemoval, EntryText, EntryWriting};
pub use entry_kind::EntryKind;
pub use error::{CareError, Result};
pub use link::{Answer, Link, LinkAnswer, LinkEnd, LinkId, LinkOpening, Status};
pub use permit::{OwnEntry, WritableLink};
pub use service::CareService;
pub use sheet::LinkSheet;
