//! What is written to accounts and sessions.
use crate::store::{
    At,
    schema::{accounts, sessions},
};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::{
    identity::{
        BirthDate, Email, FatherName, GivenName, NewAccount, PasswordHash, Phone, ProfileEdit, Role, Sex,
        Username,
    },
    shared::Patch,
};

#[derive(Insertable, AsChangeset)]
#[diesel(table_name = sessions)]
pub(super) struct SessionRow<'a> {
    pub(super) account_id: i64,
    pub(super) nonce: &'a str,
    pub(super) token_hash: String,
    pub(super) created_at: At,
}

#[derive(Insertable)]
#[diesel(table_name = accounts)]
pub(super) struct NewAccountRow<'a> {
    username: &'a str,
    email: &'a str,
    email_key: String,
    password: &'a str,
    first_name: &'a str,
    last_name: &'a str,
    father_name: &'a str,
    sex: Option<&'static str>,
    date_of_birth: Option<NaiveDate>,
    phone_number: &'a str,
    is_doctor: bool,
    is_patient: bool,
    is_staff: bool,
    is_active: bool,
    created_at: At,
}

impl<'a> From<&'a NewAccount> for NewAccountRow<'a> {
    fn from(r: &'a NewAccount) -> Self {
        Self {
            username: r.username.as_str(),
            email: r.email.as_str(),
            email_key: r.email.key(),
            password: r.password.as_str(),
            first_name: r.first_name.as_str(),
            last_name: r.last_name.as_str(),
            father_name: r.father_name.as_str(),
            sex: r.sex.map(Sex::as_str),
            date_of_birth: r.date_of_birth.map(BirthDate::get),
            phone_number: r.phone_number.as_str(),
            is_doctor: r.roles.has(Role::Doctor),
            is_patient: r.roles.has(Role::Patient),
            is_staff: r.roles.has(Role::Staff),
            is_active: true,
            created_at: r.at.into(),
        }
    }
}

/// `None` is left as it is; a field that can be empty has a second `Option` inside, as diesel reads it.
#[derive(AsChangeset)]
#[diesel(table_name = accounts)]
pub(super) struct ProfileChanges<'a> {
    username: Option<&'a str>,
    email: Option<&'a str>,
    email_key: Option<String>,
    password: Option<&'a str>,
    first_name: Option<&'a str>,
    last_name: Option<&'a str>,
    father_name: Option<&'a str>,
    sex: Option<Option<&'static str>>,
    date_of_birth: Option<Option<NaiveDate>>,
    phone_number: Option<&'a str>,
}

impl ProfileChanges<'_> {
    pub(super) fn is_empty(&self) -> bool {
        self.username.is_none()
            && self.email.is_none()
            && self.password.is_none()
            && self.first_name.is_none()
            && self.last_name.is_none()
            && self.father_name.is_none()
            && self.sex.is_none()
            && self.date_of_birth.is_none()
            && self.phone_number.is_none()
    }
}

impl<'a> From<&'a ProfileEdit> for ProfileChanges<'a> {
    fn from(edit: &'a ProfileEdit) -> Self {
        let patch = &edit.patch;
        Self {
            username: patch.username.as_set().map(Username::as_str),
            email: patch.email.as_set().map(Email::as_str),
            email_key: patch.email.as_set().map(Email::key),
            password: edit.password.as_ref().map(PasswordHash::as_str),
            first_name: patch.first_name.as_set().map(GivenName::as_str),
            last_name: patch.last_name.as_set().map(GivenName::as_str),
            father_name: patch.father_name.as_set().map(FatherName::as_str),
            sex: nullable(patch.sex, Sex::as_str),
            date_of_birth: nullable(patch.date_of_birth, BirthDate::get),
            phone_number: patch.phone_number.as_set().map(Phone::as_str),
        }
    }
}

fn nullable<T, U>(patch: Patch<Option<T>>, column: impl Fn(T) -> U) -> Option<Option<U>> {
    match patch {
        Patch::Keep => None,
        Patch::Set(value) => Some(value.map(column)),
    }
}

#[derive(AsChangeset, Default)]
#[diesel(table_name = accounts)]
pub(super) struct FlagChanges {
    pub(super) is_doctor: Option<bool>,
    pub(super) is_staff: Option<bool>,
    pub(super) is_active: Option<bool>,
}
