//! `docs/SECURITY.md` says of every column that holds text or bytes how it is stored, and why.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]
use std::{collections::BTreeMap, fs, path::Path};

fn file(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// `table.column` and its type, of each column that holds text or bytes.
fn columns_of_schema() -> BTreeMap<String, String> {
    let schema = file("src/store/schema.rs");
    let (mut table, mut columns) = (String::new(), BTreeMap::new());
    for line in schema.lines().map(str::trim) {
        if let Some((name, _)) = line.split_once(" (").filter(|_| line.ends_with(") {")) {
            name.clone_into(&mut table);
        } else if let Some((name, kind)) = line.strip_suffix(',').and_then(|line| line.split_once(" -> "))
            && (kind.contains("Text") || kind.contains("Binary"))
        {
            columns.insert(format!("{table}.{name}"), kind.to_owned());
        }
    }
    columns
}

/// What the document says: class, how it is stored, why.
fn columns_of_document() -> BTreeMap<String, [String; 3]> {
    let document = file("../../docs/SECURITY.md");
    let rows = document.lines().filter_map(|line| line.strip_prefix("| `")?.strip_suffix(" |"));
    rows.map(|row| {
        let cells: Vec<_> = row.split(" | ").collect();
        let [column, class, stored, why] = cells.as_slice() else { panic!("{row}") };
        (column.trim_end_matches('`').to_owned(), [class, stored, why].map(|cell| (*cell).to_owned()))
    })
    .collect()
}

#[test]
fn every_column_of_text_is_in_the_document_and_no_other() {
    let (schema, document) = (columns_of_schema(), columns_of_document());
    assert!(schema.len() > 30, "{schema:?}");
    assert_eq!(document.keys().collect::<Vec<_>>(), schema.keys().collect::<Vec<_>>());
}

#[test]
fn a_column_is_sealed_where_the_document_says_so_and_nowhere_else() {
    let sealed: Vec<_> = infra::crypto::sealed_columns().collect();
    let schema = columns_of_schema();
    for (column, [class, stored, why]) in columns_of_document() {
        let expected = if sealed.contains(&column.as_str()) { "sealed" } else { "plain" };
        assert_eq!(stored, expected, "{column}");
        assert_eq!(schema[&column].contains("Binary"), stored == "sealed", "{column}");
        assert!(stored == "plain" || class == "A", "{column}: what is sealed is of class A");
        assert!(why.len() > 8, "{column} needs a reason");
    }
}
