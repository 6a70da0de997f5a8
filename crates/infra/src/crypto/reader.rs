//! Opens the rows of one query.
use super::{
    data_keys::{DataKeys, PersonKeys},
    sealed::{OpenRow, RowKey},
};
use crate::store::failed_query;
use diesel::QueryResult;
use domain::shared::StoreError;
use std::collections::BTreeSet;

/// Finds each person's keys once.
pub struct Reader<'k> {
    data_keys: &'k DataKeys,
    last: Option<(i64, Option<PersonKeys>)>,
    /// Who has no keys: nothing of theirs was sealed yet.
    without: BTreeSet<i64>,
    unsealed_too: bool,
}

impl<'k> Reader<'k> {
    pub(crate) fn of(data_keys: &'k DataKeys) -> Self {
        let unsealed_too = data_keys.unsealed_too();
        Self { data_keys, last: None, without: BTreeSet::new(), unsealed_too }
    }

    /// For rows of many people: their keys in one query, before the first row is opened.
    pub(crate) fn fetch(&mut self, people: impl IntoIterator<Item = i64>) -> QueryResult<()> {
        let people: BTreeSet<i64> = people.into_iter().collect();
        self.without = self.data_keys.load(people).map_err(failed_query)?;
        Ok(())
    }

    pub(crate) fn row(&mut self, person: i64, row: impl Into<RowKey>) -> QueryResult<OpenRow<'_>> {
        if self.last.as_ref().is_none_or(|(last, _)| *last != person) {
            self.last = Some((person, self.keys_of(person).map_err(failed_query)?));
        }
        let keys = self.last.as_ref().and_then(|(_, keys)| keys.as_ref());
        Ok(OpenRow { keys, person, row: row.into(), unsealed_too: self.unsealed_too })
    }

    fn keys_of(&mut self, person: i64) -> Result<Option<PersonKeys>, StoreError> {
        if self.without.contains(&person) {
            return Ok(None);
        }
        let keys = self.data_keys.find(person)?;
        if keys.is_none() {
            self.without.insert(person);
        }
        Ok(keys)
    }
}
