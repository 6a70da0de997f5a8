//! Accounts, their sessions, and the two slow or secret things about them.
mod account_rows;
mod accounts;
mod hasher;
mod passwords;
mod person;
mod session_cache;
mod socket_sessions;
mod strength;
mod token_issuer;
pub use accounts::DieselAccountRepository;
pub use hasher::{Argon2Hasher, Cost};
pub(crate) use passwords::replace_password;
pub use person::DieselPeople;
pub(crate) use person::{PersonRow, holds_address, person};
pub use socket_sessions::DieselSocketSessionRepository;
pub use strength::ZxcvbnEstimator;
pub use token_issuer::HmacTokenIssuer;
