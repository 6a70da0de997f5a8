//! The rows of a list, one by one. Their texts are lent from one buffer: a `String` for each text of each row costs more than
//! reading the row.
use super::LendsText;
use diesel::{
    QueryResult,
    deserialize::{FromSql, FromSqlRow, Result},
    sql_types::Text,
};
use std::cell::RefCell;

thread_local! {
    // diesel makes a row of its columns and of nothing else, so that the buffer cannot be handed to it.
    static BUFFER: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Where a text of the row at hand lies among its [`Texts`].
#[derive(Debug, Clone, Copy, FromSqlRow)]
pub(crate) struct Lent {
    start: usize,
    end: usize,
}

/// The texts of the row at hand.
pub(crate) struct Texts(String);

impl Texts {
    pub(crate) fn get(&self, Lent { start, end }: Lent) -> &str {
        &self.0[start..end]
    }
}

impl Lent {
    pub(crate) fn of(text: &str) -> Self {
        BUFFER.with_borrow_mut(|buffer| {
            let start = buffer.len();
            buffer.push_str(text);
            Self { start, end: buffer.len() }
        })
    }
}

impl<DB: LendsText> FromSql<Text, DB> for Lent {
    fn from_sql(value: DB::RawValue<'_>) -> Result<Self> {
        DB::lend(value, Self::of)
    }
}

/// Shows each row with its texts, and forgets them before the next one.
///
/// # Errors
/// Those of the first row that cannot be read; those before it were shown.
pub(crate) fn each_row<R>(
    rows: impl Iterator<Item = QueryResult<R>>,
    mut show: impl FnMut(R, &Texts),
) -> QueryResult<()> {
    for row in rows {
        let row = row?;
        // Taken, so that `show` may read other rows meanwhile.
        let mut texts = Texts(BUFFER.take());
        show(row, &texts);
        texts.0.clear();
        BUFFER.set(texts.0);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use diesel::result::Error;

    type Row = (Lent, Lent);

    fn rows<'a>(texts: &'a [(&'a str, &'a str)]) -> impl Iterator<Item = QueryResult<Row>> + 'a {
        texts.iter().map(|(one, other)| Ok((Lent::of(one), Lent::of(other))))
    }

    #[test]
    fn each_row_is_shown_with_its_own_texts_also_while_others_are_read() {
        let mut seen = vec![];
        each_row(rows(&[("a", "зуб"), ("", "b")]), |(one, other), texts| {
            let shown = [texts.get(one), texts.get(other)].map(str::to_owned);
            each_row(rows(&[("x", "y")]), |(x, _), inner| assert_eq!(inner.get(x), "x")).unwrap();
            assert_eq!([texts.get(one), texts.get(other)], shown);
            seen.push(shown);
        })
        .unwrap();
        assert_eq!(seen, [["a", "зуб"], ["", "b"]]);
    }

    #[test]
    fn a_row_that_cannot_be_read_ends_the_list_and_spoils_no_other() {
        let mut seen = vec![];
        let mut list = |texts: &[(&str, &str)]| {
            let rows = rows(&texts[..1])
                .chain(rows(&[("half a row", "")]).map(|_| Err(Error::NotFound)))
                .chain(rows(&texts[1..]));
            each_row(rows, |(one, _), texts| seen.push(texts.get(one).to_owned()))
        };
        assert!(list(&[("a", "b"), ("c", "d")]).is_err() && list(&[("e", "f"), ("g", "h")]).is_err());
        assert_eq!(seen, ["a", "e"]);
    }
}
