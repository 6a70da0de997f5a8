//! What is measured.
pub(crate) mod mix;
mod name;
mod paths;
mod reads;
mod visitors;
mod writes;

pub(crate) use name::{Kind, Name};
pub(crate) use paths::{LINKS, PROFILE};
