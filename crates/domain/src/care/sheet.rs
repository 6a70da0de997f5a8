//! What a list of links shows, read in one query.
use super::{Entry, Link};
use crate::identity::Person;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkSheet {
    pub link: Link,
    pub patient: Person,
    pub doctor: Person,
    pub prescription: Option<Entry>,
    pub diagnosis: Option<Entry>,
}
