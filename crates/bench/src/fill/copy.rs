//! How rows get into a table quickly: COPY on PostgreSQL, one prepared statement in one transaction on SQLite.
use crate::{
    Done,
    sql::{Connection, Db, Value, instant},
};
use std::io::Write;

pub(super) type Row = Vec<Value>;

pub(super) struct Table {
    pub name: &'static str,
    columns: &'static str,
}

pub(super) struct Tables {
    pub accounts: Table,
    pub sessions: Table,
    pub links: Table,
    pub entries: Table,
    pub records: Table,
    pub notifications: Table,
    pub conversations: Table,
    pub messages: Table,
    pub audit: Table,
    pub crisis_profiles: Table,
    pub emergency_contacts: Table,
    pub therapists: Table,
}

impl Tables {
    pub(super) fn all(&self) -> [&Table; 12] {
        [
            &self.accounts,
            &self.sessions,
            &self.links,
            &self.entries,
            &self.records,
            &self.notifications,
            &self.conversations,
            &self.messages,
            &self.audit,
            &self.crisis_profiles,
            &self.emergency_contacts,
            &self.therapists,
        ]
    }
}

pub(super) const TABLES: Tables = Tables {
    accounts: Table {
        name: "accounts",
        columns: "id, username, email, email_key, password, first_name, last_name, father_name, sex, \
            date_of_birth, phone_number, is_doctor, is_patient, is_staff, is_active, created_at",
    },
    sessions: Table { name: "sessions", columns: "account_id, nonce, token_hash, created_at" },
    links: Table { name: "links", columns: "id, patient_id, doctor_id, status, requested_at, answered_at" },
    entries: Table {
        name: "clinical_entries",
        columns: "id, kind, link_id, text, details, created_at, modified_at",
    },
    records: Table {
        name: "records",
        columns: "id, owner_id, pain_type, intensity, description, took_prescription, body_part_id, \
            recorded_at, modified_at",
    },
    notifications: Table { name: "notifications", columns: "id, owner_id, code, args, is_read, created_at" },
    conversations: Table { name: "conversations", columns: "id, low_id, high_id, started_at, last_seq" },
    messages: Table {
        name: "messages",
        columns: "conversation_id, seq, sender_id, from_staff, body, sent_at",
    },
    audit: Table { name: "audit_entries", columns: "id, at, actor_id, patient_id, act, link_id, object_id" },
    crisis_profiles: Table {
        name: "crisis_profiles",
        columns: "owner_id, age, location, military_status, ptsd_level, has_therapist_contact, scenario_id, \
            created_at, modified_at",
    },
    emergency_contacts: Table {
        name: "emergency_contacts",
        columns: "owner_id, name, relationship, phone, email, created_at, modified_at",
    },
    therapists: Table {
        name: "therapists",
        columns: "owner_id, name, phone, email, created_at, modified_at",
    },
};

/// How many rows there were.
pub(super) fn copy(
    connection: &mut Connection,
    table: &Table,
    rows: &mut dyn Iterator<Item = Row>,
) -> Done<u64> {
    let (name, columns) = (table.name, table.columns);
    match &mut connection.db {
        Db::Sqlite(connection) => {
            let places = vec!["?"; columns.split(',').count()].join(", ");
            let transaction = connection.transaction()?;
            let mut statement =
                transaction.prepare(&format!("insert into {name} ({columns}) values ({places})"))?;
            let mut count = 0;
            for row in rows {
                statement.execute(rusqlite::params_from_iter(&row))?;
                count += 1;
            }
            drop(statement);
            transaction.commit()?;
            Ok(count)
        }
        Db::Postgres { client, .. } => {
            let mut copy = client.copy_in(&format!("copy {name} ({columns}) from stdin"))?;
            let mut line = Vec::new();
            for row in rows {
                line.clear();
                write_line(&mut line, &row)?;
                copy.write_all(&line)?;
            }
            Ok(copy.finish()?)
        }
    }
}

/// PostgreSQL's text format. Our own words hold nothing that had to be escaped but what is escaped here.
fn write_line(line: &mut Vec<u8>, row: &[Value]) -> Done {
    for (n, value) in row.iter().enumerate() {
        if n > 0 {
            line.push(b'\t');
        }
        match value {
            Value::Null => line.extend_from_slice(b"\\N"),
            Value::Int(n) => write!(line, "{n}")?,
            Value::Flag(flag) => line.push(if *flag { b't' } else { b'f' }),
            Value::At(at) => line.extend_from_slice(instant(*at).as_bytes()),
            Value::Text(text) => {
                for byte in text.bytes() {
                    match byte {
                        b'\\' | b'\t' | b'\n' | b'\r' => line.extend_from_slice(&[b'\\', escaped(byte)]),
                        _ => line.push(byte),
                    }
                }
            }
        }
    }
    line.push(b'\n');
    Ok(())
}

fn escaped(byte: u8) -> u8 {
    match byte {
        b'\t' => b't',
        b'\n' => b'n',
        b'\r' => b'r',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_copy_is_escaped() {
        let mut line = vec![];
        let row = [1.into(), Value::Null, true.into(), "a\tb\\c\n".into()];
        write_line(&mut line, &row).unwrap();
        assert_eq!(String::from_utf8(line).unwrap(), "1\t\\N\tt\ta\\tb\\\\c\\n\n");
    }
}
