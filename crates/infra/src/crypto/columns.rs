//! Every sealed column, in one place: sealing one more is a line here, and `Sealed` as its type in the row.
use crate::store::schema::{
    alarm_letters, alarms, assistant_messages, clinical_entries, crisis_profiles, emergency_contacts,
    messages, notes, outbox, records, therapists,
};

/// A column whose texts are stored sealed.
pub trait SealedColumn: diesel::Column {
    /// `table.column`. A text is bound to it, so that it can never be changed.
    const FULL_NAME: &'static str;
    /// That name in the few bytes that a list reads for each row.
    const TAG: ColumnTag = ColumnTag::of(Self::FULL_NAME);
}

/// Which column of which table. A test sees to it that no two are the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ColumnTag(u64);

impl ColumnTag {
    /// Bytes.
    pub(super) const LENGTH: usize = 7;

    /// The name's hash (FNV-1a): it identifies, and need resist nobody, for columns are not chosen by an attacker.
    pub(super) const fn of(full_name: &str) -> Self {
        let (bytes, mut hash, mut at) = (full_name.as_bytes(), 0xcbf2_9ce4_8422_2325_u64, 0);
        while at < bytes.len() {
            hash = (hash ^ bytes[at] as u64).wrapping_mul(0x0100_0000_01b3);
            at += 1;
        }
        Self(hash)
    }

    pub(super) const fn bytes(self) -> [u8; Self::LENGTH] {
        let [_, bytes @ ..] = self.0.to_be_bytes();
        bytes
    }
}

/// A sealed column for SQL that knows no types: the job that seals what was stored before.
pub(super) struct ColumnSql {
    pub(super) name: &'static str,
    pub(super) table: &'static str,
    pub(super) column: &'static str,
    /// The columns that tell which row it is: one or two whole numbers.
    pub(super) row: &'static [&'static str],
    /// Whose key seals it, as an expression.
    pub(super) person: &'static str,
}

macro_rules! sealed_columns {
    ($($table:ident.$column:ident: row $row:expr, key of $person:expr;)+) => {
        $(impl SealedColumn for $table::$column {
            const FULL_NAME: &'static str = concat!(stringify!($table), ".", stringify!($column));
        })+
        pub(super) const COLUMNS: &[ColumnSql] = &[$(ColumnSql {
            name: <$table::$column as SealedColumn>::FULL_NAME,
            table: stringify!($table),
            column: stringify!($column),
            row: &$row,
            person: $person,
        },)+];
    };
}

const OWNER: &str = "owner_id";
const PATIENT_OF_LINK: &str = "(select patient_id from links where links.id = link_id)";
/// In a support room its owner; between two people the one who wrote it (`messaging/rows.rs`).
const OWNER_OR_SENDER: &str = "(select case when low_id = high_id then low_id else sender_id end \
    from conversations where conversations.id = conversation_id)";
const OWNER_OF_ALARM: &str = "(select owner_id from alarms where alarms.id = alarm_id)";

sealed_columns! {
    records.description: row ["id"], key of OWNER;
    notes.title: row ["id"], key of OWNER;
    notes.body: row ["id"], key of OWNER;
    clinical_entries.text: row ["id"], key of PATIENT_OF_LINK;
    clinical_entries.details: row ["id"], key of PATIENT_OF_LINK;
    messages.body: row ["conversation_id", "seq"], key of OWNER_OR_SENDER;
    outbox.letter: row ["id"], key of OWNER;
    crisis_profiles.location: row ["owner_id"], key of OWNER;
    emergency_contacts.name: row ["id"], key of OWNER;
    emergency_contacts.relationship: row ["id"], key of OWNER;
    emergency_contacts.phone: row ["id"], key of OWNER;
    emergency_contacts.email: row ["id"], key of OWNER;
    therapists.name: row ["owner_id"], key of OWNER;
    therapists.phone: row ["owner_id"], key of OWNER;
    therapists.email: row ["owner_id"], key of OWNER;
    alarms.location: row ["id"], key of OWNER;
    alarm_letters.name: row ["delivery_id"], key of OWNER_OF_ALARM;
    alarm_letters.relationship: row ["delivery_id"], key of OWNER_OF_ALARM;
    assistant_messages.message: row ["id"], key of OWNER;
}

/// The names of all sealed columns.
pub fn sealed_columns() -> impl Iterator<Item = &'static str> {
    COLUMNS.iter().map(|column| column.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_column_is_told_by_its_table_and_its_name() {
        let names: Vec<_> = sealed_columns().collect();
        assert!(names.contains(&"messages.body") && names.contains(&notes::title::FULL_NAME), "{names:?}");
        for ColumnSql { name, table, column, row, .. } in COLUMNS {
            assert_eq!(*name, format!("{table}.{column}"));
            assert!(matches!(row.len(), 1 | 2), "{name}");
        }
    }

    #[test]
    fn no_two_columns_have_the_same_tag_and_none_ever_changes() {
        let tags: std::collections::BTreeSet<_> =
            sealed_columns().map(|name| ColumnTag::of(name).bytes()).collect();
        assert_eq!(tags.len(), COLUMNS.len());
        // What is stored would not open any more.
        assert_eq!(records::description::TAG.bytes(), [233, 229, 240, 58, 155, 20, 109]);
    }
}
