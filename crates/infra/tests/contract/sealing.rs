//! Sensitive texts are stored sealed: nobody reads them without the keys, and none can be put where it does not belong.
use crate::{
    care::writing,
    support::{Backend, Node, TestDb, TestStore, at, at_once, both_at_once, ring},
    talk::{answering, between, support_of},
};
use domain::{
    care::{EntryKind, Status},
    diary::{Note, NoteDraft, NoteTitle, Record, RecordCreated, RecordDraft, RecordEdit},
    identity::Caller,
    owned::{Created, OwnedResource, ports::OwnedRepository},
    shared::{Page, Patch, StoreError, text::Prose},
};
use infra::{
    crypto::{CannotOpenKeys, KeyRing, KeyStore, Sealing, SealingState, any_sealed},
    diary::DieselNoteRepository,
    store::{Location, migrate},
};
use std::fs;

/// Texts of every sealed column, about two patients. Each holds the word.
struct World {
    sarah: Caller,
    kyle: Caller,
    house: Caller,
    root: Caller,
}

const WORD: &str = "migraine";

fn notes(node: &Node) -> DieselNoteRepository {
    DieselNoteRepository::new(node.store.clone(), node.data_keys.clone())
}

fn record(words: &str) -> RecordDraft {
    RecordDraft { description: Prose::parse(words).unwrap(), ..crate::diary::draft() }
}

fn world(db: &TestStore) -> World {
    let [sarah, kyle, root] = ["sarah", "kyle", "root"].map(|name| db.patient(name));
    let house = db.doctor("house");
    for patient in [&sarah, &kyle] {
        for n in 0..3 {
            let draft = record(&format!("{WORD} number {n}"));
            db.records.create(&RecordCreated::by(patient, draft, at(30))).unwrap();
        }
        let title = NoteTitle::parse(&format!("of a {WORD}")).unwrap();
        let draft = NoteDraft { title, body: Prose::parse(&format!("the {WORD} came")).unwrap() };
        notes(db).create(&Created::by(patient, Note::AUDIT, draft, at(31))).unwrap();
        let link = db.linked(patient, &house, Status::Accepted);
        for kind in EntryKind::ALL {
            db.entries.write(&writing(&link, kind, &format!("against {WORD}"), &house)).unwrap();
        }
        db.says(between(patient, &house), patient, &[&format!("a {WORD}!"), &format!("{WORD} again")]);
        db.says(between(patient, &house), &house, &[&format!("which {WORD}?")]);
        db.says(support_of(patient), patient, &[&format!("where do I write my {WORD} down?")]);
        db.say(&answering(&root, patient, &format!("a {WORD} is a record")));
    }
    World { sarah, kyle, house, root }
}

impl World {
    /// Every text of one patient's, as every port shows them.
    fn texts_of(&self, node: &Node, patient: &Caller) -> Result<Vec<String>, StoreError> {
        let mut texts = vec![];
        for record in rows!(node.records, page_of(patient.id(), Page::first()))? {
            texts.push(record.description);
        }
        for Note { title, body, .. } in rows!(notes(node), page_of(patient.id(), Page::first()))? {
            texts.extend([title, body]);
        }
        let link = node.links.between(patient.id(), self.house.id())?.unwrap();
        for kind in EntryKind::ALL {
            let entry = node.entries.on(kind, link.id)?.unwrap();
            let (found, _) = node.entries.find(kind, entry.id)?.unwrap();
            texts.extend([entry.text, entry.details, found.text, found.details]);
        }
        for sheet in rows!(node.links, sheets_for(patient, Page::first(), at(90)))? {
            texts.extend([sheet.prescription.unwrap().text, sheet.diagnosis.unwrap().text]);
        }
        for room in [between(patient, &self.house), support_of(patient)] {
            texts.extend(node.messages.since(room, Page::first())?.into_iter().map(|message| message.text));
            texts.extend(rows!(node.messages, latest(room, Page::first()))?.into_iter().map(|m| m.text));
        }
        Ok(texts)
    }

    /// What somebody sees who sees both patients.
    fn texts_of_both(&self, node: &Node) -> Result<Vec<String>, StoreError> {
        let mut texts = self.texts_of(node, &self.sarah)?;
        texts.extend(self.texts_of(node, &self.kyle)?);
        for sheet in rows!(node.links, sheets_for(&self.house, Page::first(), at(91)))? {
            texts.extend([sheet.prescription.unwrap().text, sheet.diagnosis.unwrap().details]);
        }
        let inbox = node.messages.inbox_since(self.root.id(), Page::first(), at(92))?;
        texts.extend(inbox.into_iter().map(|message| message.text));
        Ok(texts)
    }
}

/// As a version without sealing left the database.
fn unseal(db: &TestStore) {
    let mut sql = db.database.sql();
    for (table, column) in COLUMNS {
        let row = if table == "messages" { "seq" } else { "id" };
        sql.run(&format!("update {table} set {column} = '{WORD} in {table} {column} ' || {row}"))
            .unwrap_or_else(|_| {
                sql.run(&format!(
                    "update {table} set {column} = convert_to('{WORD} in {table} {column} ' || {row}, 'UTF8')"
                ))
                .unwrap()
            });
    }
    sealing(db).begin_anew().unwrap();
}

const COLUMNS: [(&str, &str); 6] = [
    ("records", "description"),
    ("notes", "title"),
    ("notes", "body"),
    ("clinical_entries", "text"),
    ("clinical_entries", "details"),
    ("messages", "body"),
];

fn sealing(node: &Node) -> Sealing {
    Sealing::new(node.store.clone(), node.data_keys.clone())
}

fn seal_all(node: &Node) -> usize {
    sealing(node).run(|_| true).unwrap()
}

/// How many values of all sealed columns are not sealed.
fn unsealed(db: &TestStore) -> i64 {
    let mut sql = db.database.sql();
    let count = |(table, column): (&str, &str)| {
        let first = match db.backend() {
            Backend::Sqlite => format!("hex(substr({column}, 1, 1)) <> 'FF'"),
            Backend::Postgres => format!("get_byte({column}, 0) <> 255"),
        };
        sql.number(&format!("select count(*) from {table} where {first}"))
    };
    COLUMNS.into_iter().map(count).sum()
}

/// Sealed from the first day of their tables: no version ever stored them plain. Their own stories read and write them.
const NEVER_PLAIN: [&str; 13] = [
    "outbox.letter",
    "crisis_profiles.location",
    "emergency_contacts.name",
    "emergency_contacts.relationship",
    "emergency_contacts.phone",
    "emergency_contacts.email",
    "therapists.name",
    "therapists.phone",
    "therapists.email",
    "alarms.location",
    "alarm_letters.name",
    "alarm_letters.relationship",
    "assistant_messages.message",
];

#[test]
fn the_columns_of_these_stories_are_all_that_were_ever_plain() {
    let once_plain = COLUMNS.iter().map(|(table, column)| format!("{table}.{column}"));
    let known: Vec<_> = once_plain.chain(NEVER_PLAIN.map(str::to_owned)).collect();
    assert_eq!(infra::crypto::sealed_columns().collect::<Vec<_>>(), known);
}

on_both!(every_text_is_stored_sealed_and_read_as_it_was_written, |db: &TestStore| {
    let world = world(db);
    assert_eq!(unsealed(db), 0);
    let texts = world.texts_of_both(db).unwrap();
    assert_eq!(texts.iter().filter(|text| text.contains(WORD)).count(), texts.len() - 10, "but details");
    // Of another server, which has never seen them.
    assert_eq!(world.texts_of_both(&db.second_node()).unwrap(), texts);
});

on_both!(a_text_that_was_moved_or_altered_is_not_read, |db: &TestStore| {
    let (first, second) = ("(select min(id) from records)", "(select min(id) + 1 from records)");
    for (what, change) in [
        (
            "to another row",
            format!(
                "update records set description = (select description from records where id = {second}) where id = {first}"
            ),
        ),
        ("to another column", "update notes set body = title where id = (select min(id) from notes)".into()),
        (
            "to another person",
            "update records set owner_id = (select id from accounts where username = 'sarah') \
             where id = (select max(id) from records)"
                .into(),
        ),
        (
            "to another entry",
            "update clinical_entries set text = (select text from clinical_entries where id = \
             (select max(id) from clinical_entries)) where id = (select min(id) from clinical_entries)"
                .into(),
        ),
        (
            "to another message",
            "update messages set body = (select body from messages as other \
             where other.conversation_id = messages.conversation_id and other.seq = 2) \
             where seq = 1 and conversation_id = (select min(conversation_id) from messages)"
                .into(),
        ),
        ("cut", format!("update records set description = substr(description, 1, 20) where id = {first}")),
        (
            "all but the mark cut",
            format!("update records set description = substr(description, 1, 1) where id = {first}"),
        ),
        ("blank", format!("update records set description = '' where id = {first}")),
        ("written by somebody else", format!("update records set description = 'rest' where id = {first}")),
    ] {
        let db = TestStore::on(db.backend());
        let world = world(&db);
        let of_kyle = world.texts_of(&db, &world.kyle).unwrap();
        assert_eq!(db.database.sql().run(&change).unwrap(), 1, "{what}");
        let refused = world.texts_of(&db, &world.sarah).unwrap_err();
        assert!(matches!(refused, StoreError::Failed(_)), "{what}: {refused:?}");
        if what != "to another person" {
            assert_eq!(world.texts_of(&db, &world.kyle).unwrap(), of_kyle, "{what}");
        }
    }
});

on_both!(texts_of_an_older_version_are_read_and_sealed_in_steps_that_can_be_stopped, |db: &TestStore| {
    let world = world(db);
    unseal(db);
    let node = db.second_node();
    let before = world.texts_of_both(&node).unwrap();
    assert_eq!(unsealed(db), 28);
    sealing(&node).prepare().unwrap();
    let state = sealing(&node).state().unwrap();
    for (column, state) in &state.columns {
        let waits = matches!(state, SealingState::Waiting { sealed: 0, last } if *last > 0);
        assert_eq!(waits, !NEVER_PLAIN.contains(column), "{column}: {state:?}");
    }
    assert!(state.copies_left);
    // Stopped a step later each time, in a server that was just started.
    let mut sealed = 0;
    for steps in 1.. {
        let (node, mut left) = (db.second_node(), steps);
        let now = sealing(&node).run(|batch| {
            left -= i32::from(batch.sealed > 0);
            left > 0
        });
        sealed += now.unwrap();
        assert_eq!(world.texts_of_both(&node).unwrap(), before);
        if left > 0 {
            break;
        }
        assert!(sealed < 28 || steps > 1, "it did not stop");
    }
    assert_eq!((sealed, unsealed(db)), (6 + 4 + 8 + 10, 0));
    let state = sealing(&node).state().unwrap();
    assert!(state.columns.iter().all(|(_, state)| *state == SealingState::Sealed) && !state.copies_left);
    assert_eq!(world.texts_of_both(&db.second_node()).unwrap(), before);
    // From now on what is not sealed is refused, in this server and in the next.
    db.database.sql().run("update records set description = 'rest'").unwrap();
    let next = db.second_node();
    sealing(&next).prepare().unwrap();
    assert!(world.texts_of(&next, &world.sarah).is_err());
    // Nor are they sealed as if they were genuine.
    assert_eq!(seal_all(&next), 0);
    assert!(world.texts_of(&next, &world.sarah).is_err());
});

on_both!(a_new_database_refuses_texts_that_are_not_sealed_from_the_beginning, |db: &TestStore| {
    let state = sealing(db).state().unwrap();
    assert!(state.columns.iter().all(|(_, state)| *state == SealingState::Sealed) && !state.copies_left);
    assert_eq!(seal_all(db), 0);
});

on_both!(a_database_with_one_sealed_text_is_known_by_it_wherever_it_is, |db: &TestStore| {
    let sarah = db.patient("sarah");
    assert!(!any_sealed(&db.store).unwrap(), "there is none");
    let made: Vec<Record> = (0..3)
        .map(|n| db.records.create(&RecordCreated::by(&sarah, record(&n.to_string()), at(30))).unwrap())
        .collect();
    for sealed in [&made[0], &made[2]] {
        unseal(db);
        assert!(!any_sealed(&db.store).unwrap());
        let edit =
            RecordEdit { description: Patch::Set(Prose::parse("again").unwrap()), ..RecordEdit::default() };
        db.records.edit(&sarah.own(Some(sealed.clone())).unwrap().edited(edit, at(60))).unwrap();
        assert!(any_sealed(&db.store).unwrap());
    }
});

on_both!(what_is_edited_while_it_is_sealed_is_not_undone, |db: &TestStore| {
    let sarah = db.patient("sarah");
    let made: Vec<Record> = (0..120)
        .map(|n| db.records.create(&RecordCreated::by(&sarah, record(&n.to_string()), at(30))).unwrap())
        .collect();
    for round in 0..3 {
        unseal(db);
        let nodes = [db.second_node(), db.second_node()];
        let edit = |n: usize| {
            let edit = RecordEdit {
                description: Patch::Set(Prose::parse(&format!("edited {round}")).unwrap()),
                ..RecordEdit::default()
            };
            let own = sarah.own(Some(made[n].clone())).unwrap();
            db.records.edit(&own.edited(edit, at(60))).unwrap()
        };
        both_at_once(
            || (0..120).step_by(3).for_each(|n| drop(edit(n))),
            || at_once(2, |i| drop(sealing(&nodes[i]).run(|_| true))),
        );
        // One of the two may have found the file of SQLite in the other's hands: the job runs again.
        seal_all(db);
        assert_eq!(unsealed(db), 0);
        let read = rows!(db.records, page_of(sarah.id(), Page::first())).unwrap();
        for (n, record) in read.iter().enumerate() {
            let expected = if n % 3 == 0 {
                format!("edited {round}")
            } else {
                format!("{WORD} in records description {}", record.id())
            };
            assert_eq!(record.description, expected);
        }
    }
});

on_both!(of_many_first_texts_at_once_each_is_read_and_the_person_has_one_key, |db: &TestStore| {
    let sarah = db.patient("sarah");
    let nodes = [db.second_node(), db.second_node()];
    let make =
        |n: usize| nodes[n % 2].records.create(&RecordCreated::by(&sarah, record(&n.to_string()), at(30)));
    assert!(at_once(8, make).iter().all(Result::is_ok));
    let read = rows!(db.records, page_of(sarah.id(), Page::first())).unwrap();
    let mut words: Vec<_> = read.into_iter().map(|record| record.description).collect();
    words.sort();
    assert_eq!(words, ["0", "1", "2", "3", "4", "5", "6", "7"]);
    assert_eq!(db.data_keys.wrapped_by().unwrap()[0].1, 1);
});

on_both!(keys_are_opened_with_the_ring_and_the_database_that_they_belong_to, |db: &TestStore| {
    world(db);
    let location = db.database.keys_location();
    let open = |installation: &str, secrets: &[&[u8]]| {
        let ring = KeyRing::new(secrets.iter().copied()).unwrap();
        let opened = [
            KeyStore::open(&location, installation, true, &ring),
            KeyStore::open_existing(&location, installation, &ring),
        ];
        opened.map(|opened| opened.err().map(|e| e.to_string()))
    };
    let (good, other): (&[u8], &[u8]) =
        (b"the installation's encryption key", b"another key, of 32 bytes and more");
    assert_eq!(open("tests", &[good]), [None, None]);
    assert_eq!(open("tests", &[other, good]), [None, None]);
    for lacking in open("tests", &[other]) {
        let id = ring().ids().next().unwrap().to_owned();
        assert!(
            lacking.as_ref().unwrap().contains(&format!("{id}, which ENCRYPTION_KEYS lacks")),
            "{lacking:?}"
        );
    }
    for foreign in open("another", &[good]) {
        assert!(foreign.as_ref().unwrap().contains("the keys of another database"), "{foreign:?}");
    }
});

on_both!(a_database_whose_keys_are_gone_is_not_given_new_ones, |place: &TestDb| {
    let ring = ring();
    migrate(&place.location).unwrap();
    let location = place.keys_location();
    assert!(KeyStore::open_existing(&location, "tests", &ring).is_err(), "there are none yet");
    let missing = KeyStore::open(&location, "tests", true, &ring).err().unwrap();
    assert!(matches!(missing, CannotOpenKeys::Missing(_)), "{missing}");
    assert!(KeyStore::open(&location, "tests", false, &ring).is_ok());
    assert!(KeyStore::open(&location, "tests", true, &ring).is_ok());
});

on_both!(without_the_keys_nothing_is_read_and_nothing_is_stored, |db: &TestStore| {
    let world = world(db);
    let node = db.second_node();
    let mut keys = match db.database.keys_location() {
        Location::Sqlite(path) => testing::Sql::on(&Location::Sqlite(path)),
        Location::Postgres(_) => db.database.sql(),
    };
    let table = match db.backend() {
        Backend::Sqlite => "data_keys".to_owned(),
        Backend::Postgres => {
            format!("keys_of_{}.data_keys", keys.words("select current_schema()::text as words")[0])
        }
    };
    keys.batch(&format!("alter table {table} rename to gone"));
    let away = world.texts_of(&node, &world.sarah).unwrap_err();
    assert!(matches!(away, StoreError::Unavailable(_)), "{away:?}");
    db.refuses(|| node.records.create(&RecordCreated::by(&world.sarah, record("never"), at(40))));
    // Who has read them goes on.
    assert!(world.texts_of(db, &world.sarah).is_ok());
});

#[test]
fn sqlite_keeps_no_copy_of_what_was_sealed() {
    let db = TestStore::on(Backend::Sqlite);
    let file = db.database.location.sqlite_file().unwrap().to_owned();
    let world = world(&db);
    unseal(&db);
    let files = || {
        fs::read_dir(file.parent().unwrap())
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.is_file())
    };
    let holding = || files().filter(|file| contains(&fs::read(file).unwrap(), WORD.as_bytes())).count();
    assert!(holding() > 0);
    let node = db.second_node();
    assert_eq!(seal_all(&node), 28);
    assert_eq!(holding(), 0);
    assert!(world.texts_of_both(&node).is_ok());
}

fn contains(bytes: &[u8], word: &[u8]) -> bool {
    bytes.windows(word.len()).any(|window| window == word)
}
