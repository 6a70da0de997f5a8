//! The wire: one kit that no family sees through, and one folder for each family of clients. No family names another.
pub mod health;
pub mod http;
pub mod painaway;
pub mod schema;
