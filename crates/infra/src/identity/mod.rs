//! Accounts, their sessions, and the two slow or secret things about them.
mod account_rows;
mod accounts;
mod hasher;
mod holders;
mod mint;
mod person;
mod stays;
pub use accounts::DieselAccountRepository;
pub use hasher::{Argon2Hasher, Cost};
pub use mint::HmacMint;
pub use person::DieselPeople;
pub(crate) use person::{PersonRow, person};
pub use stays::DieselStayRepository;
