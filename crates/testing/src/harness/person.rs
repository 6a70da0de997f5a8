//! Somebody who calls.

#[derive(Debug, Clone)]
pub struct Person {
    pub id: i64,
    pub username: String,
    pub token: String,
}
