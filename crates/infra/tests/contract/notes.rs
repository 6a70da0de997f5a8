//! Notes are their owner's, and nobody else's.
use crate::support::{Town, at};
use domain::{
    audit::Act,
    diary::{Description, DiaryError, Note, NoteDraft, NoteEdit, NoteId, NoteTitle},
    identity::Caller,
    shared::{Patch, Window},
};

fn noted(town: &Town, owner: &Caller) -> Note {
    let draft =
        NoteDraft { title: NoteTitle::parse("title").unwrap(), body: Description::parse("body").unwrap() };
    town.notes.write(&draft.writing(owner.id(), at(30))).unwrap()
}

on_both!(nobody_edits_or_deletes_anothers_note_or_one_that_is_gone, |town: &Town| {
    let (sarah, kyle) = (town.patient("sarah"), town.patient("kyle"));
    let note = noted(town, &sarah);
    let foreign = Note { owner: kyle.id(), ..note };
    let gone = noted(town, &sarah);
    town.notes.delete(sarah.id(), gone.id, &gone.deletion(at(31))).unwrap();
    for note in [foreign, gone] {
        let refused = town.refuses(|| town.notes.edit(&note.edit(NoteEdit::default(), at(60))));
        assert!(matches!(refused, DiaryError::NoteUnknown), "{refused:?}");
        let refused = town.refuses(|| town.notes.delete(note.owner, note.id, &note.deletion(at(60))));
        assert!(matches!(refused, DiaryError::NoteUnknown), "{refused:?}");
    }
});

on_both!(a_note_is_written_edited_and_deleted_by_its_owner, |town: &Town| {
    let (sarah, bystander) = (town.patient("sarah"), town.patient("kyle"));
    let other = noted(town, &bystander);
    let note = noted(town, &sarah);
    let (title, body) = ("title".to_owned(), "body".to_owned());
    let mut expected =
        Note { id: note.id, owner: sarah.id(), title, body, created_at: at(30), modified_at: at(30) };
    assert_eq!((&note, town.notes.find(note.id).unwrap().as_ref()), (&expected, Some(&expected)));
    assert_eq!(town.notes.find(NoteId::new(9_999)).unwrap(), None);

    let new_title = NoteEdit { title: Patch::Set(NoteTitle::parse("new").unwrap()), ..NoteEdit::default() };
    let new_body = NoteEdit { body: Patch::Set(Description::default()), ..NoteEdit::default() };
    for (second, edit) in (60..).zip([new_title.clone(), new_body.clone(), NoteEdit::default()]) {
        let edited = town.notes.edit(&note.edit(edit, at(second))).unwrap();
        expected.title = "new".into();
        expected.body = if second == 60 { "body".into() } else { String::new() };
        expected.modified_at = at(second);
        assert_eq!(edited, expected);
    }
    town.notes.delete(sarah.id(), note.id, &note.deletion(at(70))).unwrap();
    assert_eq!(town.notes.of(sarah.id(), Window::first()).unwrap(), []);
    assert_eq!(town.notes.of(bystander.id(), Window::first()).unwrap(), [other]);
    let acts = [Act::NoteMade, Act::NoteChanged, Act::NoteChanged, Act::NoteChanged, Act::NoteDeleted];
    assert_eq!(town.acts(&sarah)[1..], acts);
    assert_eq!(town.trail.of(sarah.id(), Window::first()).unwrap()[0].entry.object, Some(note.id.get()));
});
