//! The operator's encryption keys and the keys of people, as the binary deals with them.
use crate::binary::{Server, run, settings, text};
use infra::{crypto::sealed_columns, store::Location};
use std::{fs, path::Path, time::Duration};
use testing::{Backend, Sql, TestDb, on_both};

const OLD: &str = "0123456789abcdef0123456789abcdef";
const NEW: &str = "fedcba9876543210fedcba9876543210";

fn register(server: &Server, name: &str) -> String {
    let body = format!(r#"{{"username":"{name}","email":"{name}@example.com","password":"no-fate-1984"}}"#);
    let said = server.post("/api/auth/register/", "", &body);
    said.split(r#""token":""#)
        .nth(1)
        .unwrap_or_else(|| panic!("{said}"))
        .split('"')
        .next()
        .unwrap()
        .to_owned()
}

fn write(server: &Server, token: &str, words: &str) {
    let body = format!(r#"{{"body_part":25,"pain_type":"burning","intensity":3,"description":"{words}"}}"#);
    let said = server.post("/api/diary/stats/", token, &body);
    assert!(said.contains("201 Created"), "{said}");
}

fn diary(server: &Server, token: &str) -> String {
    server.ask("GET /api/diary/stats/", &format!("Authorization: Token {token}\r\n"))
}

/// That it does not start, and says this in one line.
fn refuses(folder: &Path, settings: &[(&str, &str)], words: &str) {
    let said = run(folder, &["serve"], &[settings, &[("LISTEN", "127.0.0.1:0")]].concat());
    assert!(matches!(said.status.code(), Some(1 | 2)), "{}", text(&said.stdout));
    let told = text(&said.stderr);
    assert!(told.contains(words) && told.lines().count() == 1, "{told}");
}

fn keys(folder: &Path, settings: &[(&str, &str)]) -> String {
    let said = run(folder, &["keys"], settings);
    assert!(said.status.success(), "{}", text(&said.stderr));
    text(&said.stdout)
}

#[test]
fn without_its_keys_a_database_is_not_served_and_with_them_again_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let (data, away) = (folder.path().join("data"), tempfile::tempdir().unwrap());
    let server = Server::start(folder.path(), &[]);
    let token = register(&server, "sarah");
    write(&server, &token, "it hurts");
    server.signal("-TERM");
    drop(server);
    for (name, wrong, words) in [
        ("keys.db", "wrong      data keys: ", "the keys of this database are missing"),
        ("encryption.keys", "wrong      keys: ", "no encryption.keys is beside the database"),
    ] {
        let (there, elsewhere) = (data.join(name), away.path().join(name));
        fs::copy(&there, &elsewhere).unwrap();
        fs::remove_file(&there).unwrap();
        let told = text(&run(folder.path(), &["check"], &[]).stdout);
        assert!(told.contains(wrong), "{told}");
        refuses(folder.path(), &[], words);
        fs::copy(&elsewhere, &there).unwrap();
    }
    let server = Server::start(folder.path(), &[]);
    assert!(diary(&server, &token).contains("it hurts"));
    let told = text(&run(folder.path(), &["check"], &[("LISTEN", &server.address)]).stdout);
    assert!(told.contains("keys       good: data/encryption.keys"), "{told}");
    assert!(told.contains("data keys  good: SQLite, data/keys.db"), "{told}");
}

#[test]
fn a_new_encryption_key_goes_before_the_old_one_which_stays() {
    let folder = tempfile::tempdir().unwrap();
    let (old, both) = ([("ENCRYPTION_KEYS", OLD)], [("ENCRYPTION_KEYS", &*format!("{NEW},{OLD}"))]);
    let server = Server::start(folder.path(), &old);
    let sarah = register(&server, "sarah");
    write(&server, &sarah, "under the old key");
    drop(server);
    assert!(!folder.path().join("data/encryption.keys").exists(), "they were given");
    refuses(folder.path(), &[("ENCRYPTION_KEYS", NEW)], "which ENCRYPTION_KEYS lacks");
    let server = Server::start(folder.path(), &both);
    let kyle = register(&server, "kyle");
    write(&server, &kyle, "under the new key");
    assert!(diary(&server, &sarah).contains("under the old key"));
    assert!(diary(&server, &kyle).contains("under the new key"));
    let told = keys(folder.path(), &both);
    assert!(
        told.contains("from the settings") && told.contains("newest   wraps the data keys of 1 account"),
        "{told}"
    );
    assert!(told.contains("older    wraps the data keys of 1 account"), "{told}");
    assert_eq!(told.matches(" sealed\n").count(), sealed_columns().count(), "{told}");
}

#[test]
fn keys_may_be_stored_elsewhere_and_are_of_one_database() {
    let [folder, other, secure] = [(); 3].map(|()| tempfile::tempdir().unwrap());
    let url = format!("sqlite://{}", secure.path().join("keys.db").display());
    let elsewhere = [("KEYS_DATABASE_URL", url.as_str()), ("ENCRYPTION_KEYS", OLD)];
    let server = Server::start(folder.path(), &elsewhere);
    let sarah = register(&server, "sarah");
    write(&server, &sarah, "it hurts");
    assert!(!folder.path().join("data/keys.db").exists() && secure.path().join("keys.db").exists());
    refuses(other.path(), &elsewhere, "holds the keys of another database");
}

/// Texts as a version left them that sealed none, and keys that do not know that they were sealed once.
fn unseal(database: &TestDb) {
    let text = match database.backend() {
        Backend::Sqlite => "'plain ' || id",
        Backend::Postgres => "convert_to('plain ' || id, 'UTF8')",
    };
    let mut sql = database.sql();
    sql.run(&format!("update records set description = {text}")).unwrap();
    match database.keys_location() {
        location @ Location::Sqlite(_) => drop(Sql::on(&location).run("delete from sealing").unwrap()),
        Location::Postgres(_) => {
            let schema = sql.words("select current_schema()::text as words").remove(0);
            sql.run(&format!("delete from keys_of_{schema}.sealing")).unwrap();
        }
    }
}

on_both!(a_server_that_is_killed_while_it_seals_goes_on_where_it_was, |database: &TestDb| {
    const RECORDS: usize = 900;
    let (folder, url) = (tempfile::tempdir().unwrap(), database.url());
    let settings = settings(&url, &[]);
    let server = Server::start(folder.path(), &settings);
    let sarah = register(&server, "sarah");
    testing::at_once(8, |n| (n..RECORDS).step_by(8).for_each(|n| write(&server, &sarah, &n.to_string())));
    drop(server);
    unseal(database);
    // `records.description up to 200 of 900: …`, or `records.description sealed`
    let sealed = |told: &str| {
        let line = told.lines().find(|line| line.contains("records.description")).unwrap();
        line.split_whitespace().nth(3).map_or(RECORDS, |up_to| up_to.parse().unwrap())
    };
    let mut reached = vec![];
    while reached.last() != Some(&RECORDS) {
        let server = Server::start(folder.path(), &settings);
        assert_eq!(diary(&server, &sarah).matches("plain").count(), RECORDS);
        std::thread::sleep(Duration::from_millis(3 * reached.len() as u64));
        server.signal("-KILL");
        drop(server);
        reached.push(sealed(&keys(folder.path(), &settings)));
        assert!(reached.len() < 200, "{reached:?}");
    }
    assert!(reached.is_sorted(), "{reached:?}");
    let server = Server::start(folder.path(), &settings);
    assert_eq!(diary(&server, &sarah).matches("plain").count(), RECORDS);
    // What is written by somebody else is refused from now on.
    database.sql().run("update records set description = 'plain'").unwrap();
    assert!(!diary(&server, &sarah).contains("plain"));
    server.signal("-KILL");
    drop(server);
    let server = Server::start(folder.path(), &settings);
    assert!(!diary(&server, &sarah).contains("plain"));
});

on_both!(a_backup_from_before_sealing_is_sealed_when_the_operator_says_what_it_is, |database: &TestDb| {
    let (folder, url) = (tempfile::tempdir().unwrap(), database.url());
    let settings = settings(&url, &[]);
    let server = Server::start(folder.path(), &settings);
    let sarah = register(&server, "sarah");
    write(&server, &sarah, "it hurts");
    drop(server);
    unseal(database);
    let told = keys(folder.path(), &settings);
    assert!(told.contains("up to 0 of 1") && told.contains("may still hold texts"), "{told}");
    for (argument, sealed) in
        [("migrate", true), ("migrate --from-unsealed-backup", true), ("migrate", false)]
    {
        let arguments: Vec<_> = argument.split(' ').collect();
        let said = run(folder.path(), &arguments, &settings);
        assert_eq!(
            text(&said.stdout).contains("sealed 1 text(s) of an older version"),
            sealed,
            "{argument}: {}",
            text(&said.stdout)
        );
        let told = keys(folder.path(), &settings);
        assert!(!told.contains("up to") && !told.contains("may still hold texts"), "{told}");
        let plain =
            if database.backend() == Backend::Sqlite { "'again'" } else { "convert_to('again', 'UTF8')" };
        database.sql().run(&format!("update records set description = {plain}")).unwrap();
    }
});

#[test]
fn a_backup_is_not_sealed_beside_a_running_server_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path(), &[]);
    let again = ["migrate", "--from-unsealed-backup"];
    let said = run(folder.path(), &again, &[]);
    assert_eq!(said.status.code(), Some(1));
    assert!(text(&said.stderr).contains("another carebase serves"), "{}", text(&said.stderr));
    drop(server);
    assert!(run(folder.path(), &again, &[]).status.success());
}
