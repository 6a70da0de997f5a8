//! Changes to an account: making one, editing its profile, granting what it may do.
use super::{
    AccountId, BirthDate, Email, FatherName, GivenName, NewPassword, Nonce, PasswordHash, Phone, Roles, Sex,
    TokenHash, Username,
};
use crate::{
    audit,
    shared::{Patch, Timestamp},
};

/// What somebody who registers tells of themselves. Roles are not theirs to tell.
#[derive(Debug, Clone)]
pub struct Registration {
    pub username: Username,
    pub email: Email,
    pub password: NewPassword,
    pub first_name: GivenName,
    pub last_name: GivenName,
    pub father_name: FatherName,
    pub sex: Option<Sex>,
    pub date_of_birth: Option<BirthDate>,
    pub phone_number: Phone,
}

/// Everything that must become true together when an account is made.
#[derive(Debug, Clone)]
pub struct NewAccount {
    pub username: Username,
    pub email: Email,
    pub password: PasswordHash,
    pub first_name: GivenName,
    pub last_name: GivenName,
    pub father_name: FatherName,
    pub sex: Option<Sex>,
    pub date_of_birth: Option<BirthDate>,
    pub phone_number: Phone,
    pub roles: Roles,
    /// Of the first session.
    pub nonce: Nonce,
    pub at: Timestamp,
}

/// The fields of a profile that its owner wants changed.
#[derive(Debug, Clone, Default)]
pub struct ProfilePatch {
    pub username: Patch<Username>,
    pub email: Patch<Email>,
    pub password: Patch<NewPassword>,
    pub first_name: Patch<GivenName>,
    pub last_name: Patch<GivenName>,
    pub father_name: Patch<FatherName>,
    pub sex: Patch<Option<Sex>>,
    pub date_of_birth: Patch<Option<BirthDate>>,
    pub phone_number: Patch<Phone>,
}

/// Everything that must become true together when a profile is edited. The session stays: a new password signs nobody out.
#[derive(Debug, Clone)]
pub struct ProfileEdit {
    pub account: AccountId,
    /// Only what it sets is written: two edits of different fields at once both last.
    pub patch: ProfilePatch,
    pub password: Option<PasswordHash>,
    /// By which the caller is known. It must be open still for a password to be changed: an operator may have just given the
    /// account another one.
    pub session: TokenHash,
    pub audit: audit::AuditEntry,
}

/// What an account may be made or unmade by an operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountFlag {
    Doctor(bool),
    Staff(bool),
    Active(bool),
}

impl AccountFlag {
    pub fn act(self) -> audit::AuditAction {
        match self {
            Self::Doctor(true) => audit::AuditAction::AccountMadeDoctor,
            Self::Doctor(false) => audit::AuditAction::AccountUnmadeDoctor,
            Self::Staff(true) => audit::AuditAction::AccountMadeStaff,
            Self::Staff(false) => audit::AuditAction::AccountUnmadeStaff,
            Self::Active(false) => audit::AuditAction::AccountDeactivated,
            Self::Active(true) => audit::AuditAction::AccountReactivated,
        }
    }
}

/// An operator changes what an account may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetFlag {
    pub username: Username,
    pub flag: AccountFlag,
    pub at: Timestamp,
}

/// An operator gives an account another password. Its session ends with it: a thief of the old one is signed out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetPassword {
    pub username: Username,
    pub password: PasswordHash,
    pub at: Timestamp,
}

impl Registration {
    pub fn new_account(
        self,
        roles: Roles,
        password: PasswordHash,
        nonce: Nonce,
        at: Timestamp,
    ) -> NewAccount {
        NewAccount {
            username: self.username,
            email: self.email,
            password,
            first_name: self.first_name,
            last_name: self.last_name,
            father_name: self.father_name,
            sex: self.sex,
            date_of_birth: self.date_of_birth,
            phone_number: self.phone_number,
            roles,
            nonce,
            at,
        }
    }
}
