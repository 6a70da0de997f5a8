//! The schema is made once, by the node that comes first, and a database that is not ours to touch is left alone.
use crate::support::{Backend, Sql, TestDb, TestStore, at_once};
use domain::notifications::Notice;
use infra::store::{Location, ServerLock, check, migrate};
use std::{error::Error, fs, path::Path};

/// The versions in `migrations/`, as many as there are.
fn versions(backend: Backend) -> Vec<String> {
    let folder = match backend {
        Backend::Sqlite => "sqlite",
        Backend::Postgres => "postgres",
    };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations").join(folder);
    let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names.collect();
    names.sort();
    names
}

/// The whole chain of causes, as an operator reads it.
fn told(error: &dyn Error) -> String {
    let cause = error.source().map(told).unwrap_or_default();
    format!("{error}; {cause}")
}

on_both!(a_database_of_a_newer_carebase_is_refused_by_its_migration, |place: &TestDb| {
    migrate(&place.location).unwrap();
    place.sql().run("insert into __diesel_schema_migrations (version) values ('9999')").unwrap();
    let before = place.sql().everything();
    for refused in [migrate(&place.location).map(drop), check(&place.location).map(drop)] {
        let told = told(&refused.unwrap_err());
        assert!(told.contains("newer") && told.contains("9999"), "{told}");
    }
    assert_eq!(before, place.sql().everything());
});

on_both!(a_second_run_applies_nothing, |place: &TestDb| {
    let applied = migrate(&place.location).unwrap().applied;
    let numbers = |names: &[String]| names.iter().map(|name| name[..4].to_owned()).collect::<Vec<_>>();
    assert_eq!(numbers(&applied), numbers(&versions(place.backend())));
    let before = place.sql().everything();
    assert_eq!(migrate(&place.location).unwrap().applied, [""; 0]);
    assert_eq!(before, place.sql().everything());
});

on_both!(four_nodes_that_start_at_once_on_a_fresh_database_all_succeed, |place: &TestDb| {
    let applied = at_once(4, |_| migrate(&place.location).unwrap().applied);
    assert_eq!(applied.concat().len(), versions(place.backend()).len(), "{applied:?}");
    assert_eq!(check(&place.location).unwrap(), [""; 0]);
});

on_both!(a_check_worries_about_migrations_that_wait, |place: &TestDb| {
    migrate(&place.location).unwrap();
    assert_eq!(check(&place.location).unwrap(), [""; 0]);
    let last = versions(place.backend()).pop().unwrap()[..4].to_owned();
    place.sql().run(&format!("delete from __diesel_schema_migrations where version = '{last}'")).unwrap();
    let worries = check(&place.location).unwrap();
    assert!(worries.len() == 1 && worries[0].starts_with("1 migration(s) wait"), "{worries:?}");
});

on_both!(a_check_of_an_empty_database_leaves_it_empty, |place: &TestDb| {
    // SQLite: an empty file, as its owner alone may read it.
    drop(place.sql());
    if let Some(file) = place.location.sqlite_file() {
        fs::write(file, "").unwrap();
        only_for_its_owner(file);
    }
    let worries = check(&place.location).unwrap();
    assert!(worries.len() == 1 && worries[0].contains("run carebase migrate"), "{worries:?}");
    assert_eq!(place.sql().tables(), [""; 0], "a look changed the database");
});

/// One direction of one migration.
fn script(place: &TestDb, name: &str, direction: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations");
    let folder = folder.join(if place.location.sqlite_file().is_some() { "sqlite" } else { "postgres" });
    fs::read_to_string(folder.join(name).join(direction).with_extension("sql")).unwrap()
}

on_both!(stored_sentences_become_codes_with_the_names_as_then_said_and_back, |db: &TestStore| {
    let sarah = db.patient("sarah");
    let mut sql = db.database.sql();
    let [down, up] = ["down", "up"].map(|direction| script(&db.database, "0013_notice_codes", direction));
    sql.batch(&down);
    let mut sentences = vec![];
    for name in ["Sarah Connor", "", "O'Neil", "Ада \"Π\" Лавлейс 🦷", "a\\b %_ принял заявку.", "Доктор"]
    {
        let name = || name.to_owned();
        sentences.extend([
            (
                format!("Новый запрос на прикрепление от {}", name()),
                Notice::LinkRequested { patient: name() },
            ),
            (format!("Новая запись от {}", name()), Notice::RecordCreated { patient: name() }),
            (format!("Доктор {} принял заявку.", name()), Notice::LinkAccepted { doctor: name() }),
            (format!("Доктор {} отклонил заявку.", name()), Notice::LinkRejected { doctor: name() }),
            (
                format!("Доктор {} поставил новый диагноз.", name()),
                Notice::DiagnosisCreated { doctor: name() },
            ),
            (format!("Доктор {} изменил ваш диагноз.", name()), Notice::DiagnosisChanged { doctor: name() }),
        ]);
    }
    sentences.extend([
        ("Доступны новые рекомендации по лечению.".into(), Notice::PrescriptionCreated {}),
        ("Доктор изменил ваши рекомендации по лечению.".into(), Notice::PrescriptionChanged {}),
    ]);
    // Near misses: none of them was ever said for an event.
    for text in [
        "",
        "Доктор принял заявку.",
        "доктор House принял заявку.",
        "Новая запись",
        "{\"a\": 'b'}\nПривет! 🦷",
    ] {
        sentences.push((text.into(), Notice::Text { text: text.into() }));
    }
    for (sentence, _) in &sentences {
        sql.run(&format!(
            "insert into notifications (owner_id, message, is_read, created_at) \
             values ({}, '{}', false, '2025-07-21 08:00:00.123456')",
            sarah.id(),
            sentence.replace('\'', "''")
        ))
        .unwrap();
    }
    let stored = |sql: &mut Sql| sql.words("select message as words from notifications order by id");
    let before = stored(&mut sql);
    sql.batch(&up);
    let expected: Vec<_> = sentences.iter().map(|(_, notice)| notice.clone()).collect();
    assert_eq!(db.notices(&sarah), expected);
    assert_eq!(db.unread(sarah.id()), u64::try_from(expected.len()).unwrap());
    sql.batch(&down);
    assert_eq!(stored(&mut sql), before);
    sql.batch(&up);
    assert_eq!(db.notices(&sarah), expected);
});

#[test]
fn both_databases_have_the_same_migrations() {
    assert_eq!(versions(Backend::Sqlite), versions(Backend::Postgres));
}

#[test]
fn a_check_makes_no_file() {
    let place = TestDb::fresh(Backend::Sqlite);
    assert_eq!(check(&place.location).unwrap(), [""; 0]);
    assert!(!place.location.sqlite_file().unwrap().exists());
}

#[test]
fn a_check_worries_about_a_damaged_file() {
    let db = TestStore::on(Backend::Sqlite);
    for i in 0..50 {
        db.patient(&format!("patient-{i}"));
    }
    let file = db.database.location.sqlite_file().unwrap().to_owned();
    let mut sql = db.database.sql();
    let root = sql.number("select rootpage from sqlite_master where name = 'sqlite_autoindex_accounts_1'");
    let size = sql.number("select page_size from pragma_page_size");
    sql.run("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    // The index of usernames loses its last key: a page that is well-formed and wrong.
    let page = usize::try_from((root - 1) * size).unwrap();
    let mut bytes = fs::read(&file).unwrap();
    let cells = u16::from_be_bytes([bytes[page + 3], bytes[page + 4]]);
    assert!(cells > 1, "not the page of an index");
    bytes[page + 3..page + 5].copy_from_slice(&(cells - 1).to_be_bytes());
    let copy = file.with_file_name("damaged.db");
    fs::write(&copy, bytes).unwrap();
    only_for_its_owner(&copy);
    let damaged = Location::Sqlite(copy);
    let found = Sql::on(&damaged).words("select quick_check as words from pragma_quick_check");
    assert_ne!(found, ["ok"], "not damaged after all");
    assert_ne!(check(&damaged).unwrap(), [""; 0], "no worry about: {found:?}");
}

fn only_for_its_owner(file: &Path) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(file, fs::Permissions::from_mode(0o600)).unwrap();
}

fn mode(file: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(file).unwrap().permissions().mode() & 0o777
}

#[test]
fn nobody_but_the_owner_reads_the_files() {
    let db = TestStore::on(Backend::Sqlite);
    let _server = ServerLock::take(&db.database.location).unwrap();
    db.patient("sarah");
    let folder = db.database.location.sqlite_file().unwrap().parent().unwrap();
    let files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(files.len() >= 4, "the database, its log, two locks: {files:?}");
    for file in files {
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
}

#[test]
fn a_check_worries_about_a_file_that_others_can_read() {
    use std::os::unix::fs::PermissionsExt;
    let place = TestDb::fresh(Backend::Sqlite);
    migrate(&place.location).unwrap();
    let file = place.location.sqlite_file().unwrap();
    fs::set_permissions(file, fs::Permissions::from_mode(0o644)).unwrap();
    let worries = check(&place.location).unwrap();
    assert!(worries.len() == 1 && worries[0].contains("chmod 600"), "{worries:?}");
}

#[test]
fn folders_on_the_way_are_made() {
    let place = TestDb::fresh(Backend::Sqlite);
    let file = place.location.sqlite_file().unwrap().parent().unwrap().join("a/b/care.db");
    migrate(&Location::Sqlite(file.clone())).unwrap();
    assert_eq!(mode(&file), 0o600);
}

#[test]
fn one_server_serves_a_sqlite_file_until_it_lets_go() {
    let place = TestDb::fresh(Backend::Sqlite);
    migrate(&place.location).unwrap();
    let first = ServerLock::take(&place.location).unwrap();
    let told = told(&ServerLock::take(&place.location).unwrap_err());
    assert!(told.contains("carebase.db") && told.contains("one process per SQLite file"), "{told}");
    // The commands of an operator work beside a server.
    migrate(&place.location).unwrap();
    drop(first);
    ServerLock::take(&place.location).unwrap();
}

#[test]
fn any_number_of_servers_share_a_postgresql() {
    let location = Location::parse("postgres://127.0.0.1:1/nothing").unwrap();
    let _first = ServerLock::take(&location).unwrap();
    let _second = ServerLock::take(&location).unwrap();
}

#[test]
fn a_postgresql_that_is_down_never_becomes_a_file() {
    let url = "postgres://127.0.0.1:1/nothing";
    let location = Location::parse(url).unwrap();
    assert!(migrate(&location).is_err() && check(&location).is_err());
    assert!(!Path::new(url).exists() && !Path::new("nothing").exists());
}
