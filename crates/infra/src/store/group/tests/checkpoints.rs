//! The write-ahead log is copied into the file, and begun anew, while writers and readers go on.
use super::*;
use diesel::{QueryableByName, sql_types::BigInt};

#[derive(QueryableByName)]
struct Pages {
    #[diesel(sql_type = BigInt)]
    log: i64,
    #[diesel(sql_type = BigInt)]
    checkpointed: i64,
}

impl EntryStore {
    fn log(&self) -> Pages {
        let pages =
            self.store.read(|conn| on!(conn, |c| sql_query("PRAGMA wal_checkpoint(NOOP)").get_result(c)));
        pages.unwrap()
    }

    /// Twenty pages.
    fn write_much(&self) {
        self.write(|conn| Ok(conn.say("INSERT INTO much VALUES (zeroblob(80000)); DELETE FROM much;")?))
            .unwrap();
    }
}

fn store() -> EntryStore {
    let entries = EntryStore::young_for(GROUP_WINDOW);
    entries.write(|conn| Ok(conn.say("CREATE TABLE much (bytes BLOB)")?)).unwrap();
    entries
}

#[test]
fn a_few_pages_stay_in_the_log() {
    let entries = store();
    entries.write_much();
    thread::sleep(Duration::from_millis(200));
    let pages = entries.log();
    assert!(pages.log > 0 && pages.checkpointed <= 0, "{} {}", pages.log, pages.checkpointed);
}

#[test]
fn many_pages_are_copied_without_a_commit_that_waits_for_them() {
    let entries = store();
    (0..100).for_each(|_| entries.write_much());
    until(|| entries.log().checkpointed >= 1_000);
}

#[test]
fn the_log_stays_short_while_somebody_writes_and_others_read_without_a_pause() {
    let entries = store();
    let done = AtomicBool::new(false);
    let size = || fs::metadata(entries.folder.path().join("care.db-wal")).unwrap().len();
    thread::scope(|scope| {
        let readers = [(); 2].map(|()| {
            scope.spawn(|| {
                while !done.load(SeqCst) {
                    entries.all();
                }
            })
        });
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(4) {
            entries.write_much();
        }
        done.store(true, SeqCst);
        readers.into_iter().for_each(|reader| reader.join().unwrap());
    });
    assert!(size() < 100_000_000, "{}", size());
    entries.write(|conn| does(conn, 1)).unwrap();
    assert_eq!(entries.all(), [1]);
}

#[test]
fn a_reader_that_stays_lets_the_log_grow_and_its_end_lets_it_be_begun_anew() {
    let entries = store();
    let read = entries.store.read(|conn| {
        conn.say("BEGIN")?;
        on!(conn, |c| sql_query("SELECT count(*) FROM entries").execute(c))?;
        (0..600).for_each(|_| entries.write_much());
        conn.say("COMMIT")
    });
    read.unwrap();
    assert!(entries.log().log > 10_000);
    until(|| {
        entries.write_much();
        entries.log().log < 8_000
    });
}

#[test]
fn nothing_of_the_log_is_left_when_the_store_is_closed() {
    let entries = store();
    (0..100).for_each(|_| entries.write_much());
    let EntryStore { store, folder, .. } = entries;
    drop(store);
    until(|| !folder.path().join("care.db-wal").exists());
}
