//! A notice as it is stored and as it travels between nodes: the word of its code, and its arguments by their names.
use crate::store::{LendsText, Lent, schema::notifications, text_of};
use diesel::{
    deserialize::{FromStaticSqlRow, Queryable, Result},
    expression::Selectable,
    pg::Pg,
    row::Row,
    sql_types::Text,
    sqlite::Sqlite,
};
use domain::notifications::Notice;
use std::collections::BTreeMap;

pub(super) type Arguments = BTreeMap<String, String>;

pub(super) fn arguments(notice: &Notice) -> Arguments {
    notice.arguments().into_iter().map(|(name, text)| (name.to_owned(), text.to_owned())).collect()
}

/// The two columns of a row, read together and without a copy of what is not kept: a list has hundreds.
pub(super) struct StoredNotice<S>(pub Notice<S>);

/// What an argument becomes.
pub(super) trait Argument {
    fn of(text: &str) -> Self;
}

impl Argument for String {
    fn of(text: &str) -> Self {
        text.to_owned()
    }
}

impl Argument for Lent {
    fn of(text: &str) -> Self {
        Self::of(text)
    }
}

impl<S, DB: LendsText> Selectable<DB> for StoredNotice<S> {
    type SelectExpression = (notifications::code, notifications::args);
    fn construct_selection() -> Self::SelectExpression {
        (notifications::code, notifications::args)
    }
}

impl<S: Argument> StoredNotice<S> {
    fn of_row<'a, DB: LendsText>(row: &impl Row<'a, DB>) -> Result<Self> {
        text_of(row, 0, |code| {
            let argument = |name| text_of(row, 1, |args| argument(args, name)).ok().flatten();
            Self(Notice::read(code, argument))
        })
    }
}

// One for each database: diesel keeps the general form for itself.

impl<S: Argument> FromStaticSqlRow<(Text, Text), Sqlite> for StoredNotice<S> {
    fn build_from_row<'a>(row: &impl Row<'a, Sqlite>) -> Result<Self> {
        Self::of_row(row)
    }
}

impl<S: Argument> FromStaticSqlRow<(Text, Text), Pg> for StoredNotice<S> {
    fn build_from_row<'a>(row: &impl Row<'a, Pg>) -> Result<Self> {
        Self::of_row(row)
    }
}

impl<S, DB: LendsText> Queryable<(Text, Text), DB> for StoredNotice<S>
where
    Self: FromStaticSqlRow<(Text, Text), DB>,
{
    type Row = Self;
    fn build(row: Self) -> Result<Self> {
        Ok(row)
    }
}

fn argument<S: Argument>(args: &str, name: &str) -> Option<S> {
    plain_argument(args, name)
        .map(S::of)
        .or_else(|| Some(S::of(serde_json::from_str::<Arguments>(args).ok()?.get(name)?)))
}

/// Out of `{"name":"text"}`, which nearly every row holds: to parse it as JSON costs more than the rest of the notice. One
/// with an escape or with several arguments is left to the parser.
fn plain_argument<'a>(args: &'a str, name: &str) -> Option<&'a str> {
    let text = args.strip_prefix("{\"")?.strip_prefix(name)?.strip_prefix("\":\"")?.strip_suffix("\"}")?;
    (!text.bytes().any(|byte| matches!(byte, b'"' | b'\\'))).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_argument_is_found_by_its_name() {
        let args = r#"{"doctor":"House","pati\u0065nt":"Sarah \"S\" Connor"}"#;
        let argument = argument::<String>;
        assert_eq!(argument(args, "doctor").as_deref(), Some("House"));
        assert_eq!(argument(args, "patient").as_deref(), Some("Sarah \"S\" Connor"));
        assert_eq!(argument(args, "text"), None);
        for (args, text) in [
            (r#"{"text":"Sarah"}"#, "Sarah"),
            (r#"{"text":""}"#, ""),
            (r#"{"text":"a","b":"c"}"#, "a"),
            (r#"{"text":"C:\\"}"#, "C:\\"),
            (r#"{ "text" : "spaced" }"#, "spaced"),
        ] {
            assert_eq!(argument(args, "text").as_deref(), Some(text), "{args}");
        }
        for broken in ["", "[]", "{", r#"{"doctor":1}"#, r#"{"doctor":null}"#] {
            assert_eq!(argument(broken, "doctor"), None, "{broken}");
        }
    }
}
