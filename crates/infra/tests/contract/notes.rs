//! Notes promise what every owned resource does, and nothing else.
use crate::{
    owned::{Edits, Fixture},
    support::Town,
};
use domain::{
    diary::{Note, NoteDraft, NoteEdit, NoteId, NoteTitle},
    identity::{AccountId, Caller},
    owned::{Created, OwnedResource, ports::OwnedRepository},
    shared::{Patch, Timestamp, text::Prose},
};

owned_stories!(Note);

impl Fixture for Note {
    const TABLE: &'static str = "notes";

    fn repository(town: &Town) -> &dyn OwnedRepository<Self> {
        &*town.notes
    }
    fn creation(owner: &Caller, at: Timestamp) -> Created<NoteDraft> {
        let (title, body) = (NoteTitle::parse("title").unwrap(), Prose::parse("body").unwrap());
        Created::by(owner, Self::AUDIT, NoteDraft { title, body }, at)
    }
    fn created(id: NoteId, owner: AccountId, at: Timestamp) -> Self {
        Self { id, owner, title: "title".into(), body: "body".into(), created_at: at, modified_at: at }
    }
    fn edits() -> Edits<Self> {
        let title = Patch::Set(NoteTitle::parse("new").unwrap());
        vec![
            (NoteEdit { title, ..NoteEdit::default() }, |note| note.title = "new".into()),
            (NoteEdit { body: Patch::Set(Prose::default()), ..NoteEdit::default() }, |note| {
                note.body.clear()
            }),
        ]
    }
    fn modified_at(&mut self) -> &mut Timestamp {
        &mut self.modified_at
    }
}
