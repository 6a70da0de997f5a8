//! Of an account, what letters and pages call it.
use crate::store::schema::accounts;
use diesel::prelude::*;

#[derive(Queryable, Selectable)]
#[diesel(table_name = accounts)]
pub(super) struct PersonRow {
    pub username: String,
    first_name: String,
    last_name: String,
    pub phone_number: String,
}

impl PersonRow {
    pub(super) fn full_name(&self) -> String {
        format!("{} {}", self.first_name, self.last_name).trim().to_owned()
    }
}
