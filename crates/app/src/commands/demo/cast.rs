//! The people of the story, once they have accounts.
use super::people::Profile;
use crate::commands::failure::Failure;
use domain::identity::{Caller, Token};
use std::collections::BTreeMap;

/// Somebody with an account.
pub(super) struct Member<'a> {
    pub profile: &'a Profile,
    pub token: Token,
    pub caller: Caller,
}

pub(super) type Cast<'a> = BTreeMap<&'a str, Member<'a>>;

pub(super) fn find<'c, 'a>(cast: &'c Cast<'a>, name: &str) -> Result<&'c Member<'a>, Failure> {
    cast.get(name).ok_or_else(|| Failure::new(format!("seeds/demo.json: nobody is named {name}")))
}
