//! A new password for somebody who has forgotten theirs, by a link in a letter to the account's own address.
mod event;
mod letter_writer;
pub mod ports;
mod request;
mod reset;
mod service;
pub use event::ResetRequested;
pub use letter_writer::ResetLetterWriter;
pub use request::{NewResetRequest, ResetRequest, ResetRequestId};
pub use reset::{
    Holder, LETTERS_MAX, LETTERS_WITHIN, LIFE, LinkHolder, NewReset, PasswordByLink, ResetAnswer, ResetSheet,
};
pub use service::PasswordResetService;
