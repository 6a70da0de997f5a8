//! Every sealed column, in one place: sealing one more is a line here, and `Sealed` as its type in the row.
use crate::store::schema::{clinical_entries, messages, notes, records};

/// A column whose texts are stored sealed.
pub trait SealedColumn: diesel::Column {
    /// `table.column`: part of what a text of it is bound to, and so never changed.
    const FULL_NAME: &'static str;
}

/// Bytes of the longest full name.
pub(super) const COLUMN_NAME_MAX: usize = 40;

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
        $(const _: () = assert!(<$table::$column as SealedColumn>::FULL_NAME.len() <= COLUMN_NAME_MAX);)+
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

sealed_columns! {
    records.description: row ["id"], key of OWNER;
    notes.title: row ["id"], key of OWNER;
    notes.body: row ["id"], key of OWNER;
    clinical_entries.text: row ["id"], key of PATIENT_OF_LINK;
    clinical_entries.details: row ["id"], key of PATIENT_OF_LINK;
    messages.body: row ["conversation_id", "seq"], key of OWNER_OR_SENDER;
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
}
