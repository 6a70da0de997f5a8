//! Signing in: the token that a client keeps, and what the store keeps of it.
use super::{AccountId, Caller, PasswordHash};
use crate::shared::Timestamp;
use chrono::TimeDelta;
use std::fmt;

/// 40 lower-case hexadecimal digits. The same at every login until logout, so it is derived, never stored:
/// an HMAC under the server's secret over the account and a nonce.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    pub fn new(hex: String) -> Self {
        Self(hex)
    }
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token([redacted])")
    }
}

/// Opens one socket, once, in the seconds after it was given: for clients that can send no header, so that their token
/// stands in no address. 32 hexadecimal digits.
#[derive(Clone, PartialEq, Eq)]
pub struct Ticket(String);

impl Ticket {
    /// How long it can be used.
    pub const LIFE: TimeDelta = TimeDelta::seconds(30);

    pub fn new(hex: String) -> Self {
        Self(hex)
    }
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ticket([redacted])")
    }
}

/// Everything that becomes true when a ticket is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSocketTicket {
    pub ticket: TokenHash,
    /// It ends with the session that asked for it.
    pub session: TokenHash,
    pub until: Timestamp,
}

/// Somebody was let in for longer than one request, and by which session: they leave when it ends.
#[derive(Debug, Clone)]
pub struct Session {
    pub caller: Caller,
    pub session: TokenHash,
}

/// What an open session may do now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rights {
    pub session: TokenHash,
    pub staff: bool,
}

/// What a token is looked up by. Useless to a thief: it is no token.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TokenHash(pub String);

/// The random half of a token's derivation. Useless without the server's secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nonce(pub String);

/// What the store keeps of an account's one session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredSession {
    pub nonce: Nonce,
    pub hash: TokenHash,
}

/// What the store knows of someone who wants to sign in.
#[derive(Debug, Clone)]
pub struct Credentials {
    pub caller: Caller,
    pub active: bool,
    pub password: PasswordHash,
    pub session: Option<StoredSession>,
}

/// Whose token it is.
#[derive(Debug, Clone)]
pub struct SessionAccount {
    pub caller: Caller,
    pub active: bool,
}

/// Everything that becomes true when somebody signs in and the store must change for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignIn {
    pub account: AccountId,
    /// Becomes the session's nonce unless a session that this installation can still derive is there already.
    pub fresh: Nonce,
    /// What the password was verified against.
    pub verified: PasswordHash,
    /// Its successor, where it was made with outdated parameters.
    pub rehash: Option<PasswordHash>,
    pub at: Timestamp,
}
