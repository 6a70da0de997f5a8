//! A notice as it is stored and as it travels between nodes: the word of its code, and its arguments by their names.
use domain::notifications::{Notice, NoticeCode};
use std::collections::BTreeMap;

pub(crate) type Arguments = BTreeMap<String, String>;

pub(crate) fn arguments(notice: &Notice) -> Arguments {
    notice.arguments().into_iter().map(|(name, text)| (name.to_owned(), text.to_owned())).collect()
}

/// `None` for a code that this version does not know, or without one of its arguments.
pub(crate) fn notice(code: &str, mut arguments: Arguments) -> Option<Notice> {
    NoticeCode::parse(code)?.notice(|name| arguments.remove(name))
}
