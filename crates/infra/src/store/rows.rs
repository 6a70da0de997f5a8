//! The rows of a list, one by one. Their texts are lent from one buffer: a `String` for each text of each row costs more than
//! reading the row.
use super::LendsText;
use diesel::{
    QueryResult,
    deserialize::{FromSql, FromSqlRow, Result},
    sql_types::{Binary, Text},
};
use std::cell::RefCell;

thread_local! {
    // diesel makes a row of its columns and of nothing else, so that the buffers cannot be handed to it.
    static BUFFER: RefCell<String> = const { RefCell::new(String::new()) };
    static BYTES: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Where a text of the row at hand lies among its [`Texts`].
#[derive(Debug, Clone, Copy, FromSqlRow)]
pub(crate) struct Lent {
    start: usize,
    end: usize,
}

/// Where the bytes of a column lie, until the row was shown.
#[derive(Clone, Copy, FromSqlRow)]
pub(crate) struct LentBytes {
    start: usize,
    end: usize,
}

impl LentBytes {
    /// They may be changed in place. `read` may lend a text, but read no row.
    pub(crate) fn read<T>(self, read: impl FnOnce(&mut [u8]) -> T) -> T {
        BYTES.with_borrow_mut(|bytes| read(&mut bytes[self.start..self.end]))
    }
}

impl<DB: LendsText> FromSql<Binary, DB> for LentBytes {
    fn from_sql(value: DB::RawValue<'_>) -> Result<Self> {
        DB::lend_bytes(value, |stored| {
            BYTES.with_borrow_mut(|bytes| {
                let start = bytes.len();
                bytes.extend_from_slice(stored);
                Self { start, end: bytes.len() }
            })
        })
    }
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
        with_texts(row.inspect_err(|_| with_texts((), |(), _| ()))?, &mut show);
    }
    Ok(())
}

/// Shows what was read last, one row or several of them, with all its texts.
pub(crate) fn with_texts<R, T>(read: R, show: impl FnOnce(R, &Texts) -> T) -> T {
    // Taken, so that `show` may read other rows meanwhile.
    let mut texts = Texts(BUFFER.take());
    BYTES.with_borrow_mut(Vec::clear);
    let shown = show(read, &texts);
    texts.0.clear();
    // Not `set`, which looks each time whether the thread has a buffer yet.
    BUFFER.with_borrow_mut(|buffer| *buffer = texts.0);
    shown
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
