//! Who someone is: accounts, passwords, tokens, and the groups that say what they may do.
mod email;
mod error;
mod password;
mod person;
mod policy;
pub mod ports;
mod registration;
mod role;
mod roles;
mod service;
mod session;
mod username;
pub use crate::shared::AccountId;
pub use email::Email;
pub use error::{IdentityError, Result};
pub use password::{NewPassword, Password, PasswordCheck, PasswordHash};
pub use person::{BirthDate, FatherName, GivenName, Person, Phone, Sex};
pub use policy::AccountPolicy;
pub use registration::{
    AccountFlag, NewAccount, ProfileEdit, ProfilePatch, Registration, SetFlag, SetPassword,
};
pub use role::{Caller, Doctor, Patient, WrongRole};
pub use roles::{Role, Roles};
pub use service::{IdentityService, OpenRegistration, Operator, SignedIn};
pub use session::{
    Credentials, NewSocketTicket, Nonce, Rights, Session, SessionAccount, SignIn, StoredSession, Ticket,
    Token, TokenHash,
};
pub use username::Username;

#[cfg(any(test, feature = "mocks"))]
pub mod testing;
