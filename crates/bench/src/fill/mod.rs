//! An application full of people, the same ones every time: from one seed, by SQL, in a few seconds.
mod copy;
mod crisis_rows;
mod dataset;
mod rows;
mod words;
pub(crate) use crisis_rows::told_of_alarm;
pub(crate) use dataset::{
    BUSY_DOCTOR, CHRONICLER, CONVERSED, DIARISTS, Dataset, HISTORY, LINKS_BUSY, Link, PASSWORD, Person,
    QUIET_DOCTOR, WRITERS,
};

use crate::{
    Done,
    server_folder::Location,
    sql::{Connection, Db},
};
use copy::{TABLES, Table, copy};
use std::time::Instant;

/// Everything, into a database that has its schema and its reference data and nothing else. The texts are not sealed:
/// `carebase migrate --from-unsealed-backup` does that.
pub(crate) fn fill(location: &Location, dataset: &Dataset) -> Done {
    let begun = Instant::now();
    let mut connection = Connection::open(location)?;
    if let Db::Postgres { client, .. } = &mut connection.db {
        client.batch_execute("SET statement_timeout = 0")?;
    }
    let mut total = 0;
    let mut table = |table: &Table, rows: &mut dyn Iterator<Item = copy::Row>| -> Done {
        let (begun, count) = (Instant::now(), copy(&mut connection, table, rows)?);
        total += count;
        say!("  {:<17} {count:>10}  {:>6.1} s", table.name, begun.elapsed().as_secs_f64());
        Ok(())
    };
    table(&TABLES.accounts, &mut rows::accounts(dataset))?;
    table(&TABLES.sessions, &mut rows::sessions(dataset))?;
    table(&TABLES.links, &mut rows::links(dataset))?;
    table(&TABLES.entries, &mut rows::entries(dataset))?;
    table(&TABLES.records, &mut rows::records(dataset))?;
    table(&TABLES.notifications, &mut rows::notifications(dataset))?;
    table(&TABLES.conversations, &mut rows::conversations(dataset))?;
    table(&TABLES.messages, &mut rows::messages(dataset))?;
    table(&TABLES.audit, &mut rows::audit(dataset))?;
    table(&TABLES.crisis_profiles, &mut crisis_rows::profiles(dataset))?;
    table(&TABLES.emergency_contacts, &mut crisis_rows::contacts())?;
    table(&TABLES.therapists, &mut crisis_rows::therapists())?;
    say!("  {:<17} {total:>10}  {:>6.1} s", "in all", begun.elapsed().as_secs_f64());
    Ok(())
}

/// As an application is that has stood for a while: PostgreSQL has looked at its tables, SQLite's log is in its file.
pub(crate) fn settle(location: &Location) -> Done {
    match &mut Connection::open(location)?.db {
        Db::Sqlite(connection) => connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)")?,
        Db::Postgres { client, .. } => {
            client.batch_execute("SET statement_timeout = 0")?;
            for table in
                ["accounts", "links", "clinical_entries", "records", "notifications", "audit_entries"]
            {
                let sql = format!(
                    "select setval(pg_get_serial_sequence('{table}', 'id'), (select max(id) from {table}))"
                );
                client.batch_execute(&sql)?;
            }
            client.batch_execute(
                "select setval(pg_get_serial_sequence('conversations', 'id'), (select max(id) from conversations))",
            )?;
            for table in TABLES.all() {
                // What sealing left of each row would be measured, too.
                client.batch_execute(&format!("vacuum (full, analyze) {}", table.name))?;
            }
        }
    }
    Ok(())
}
