//! A notice as it is stored and as it travels between nodes: the word of its code, and its arguments by their names.
use domain::notifications::{Notice, NoticeCode};
use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use std::{borrow::Cow, collections::BTreeMap, fmt};

pub(crate) type Arguments = BTreeMap<String, String>;

pub(crate) fn arguments(notice: &Notice) -> Arguments {
    notice.arguments().into_iter().map(|(name, text)| (name.to_owned(), text.to_owned())).collect()
}

/// `None` for a code that this version does not know, or without one of its arguments.
pub(crate) fn notice(code: &str, mut arguments: Arguments) -> Option<Notice> {
    NoticeCode::parse(code)?.notice(|name| arguments.remove(name))
}

/// The notice of one row, without a copy of what is not kept: a list has hundreds.
pub(crate) fn of_row(code: &str, args: &str) -> Option<Notice> {
    let Stored(mut args) = serde_json::from_str(args).ok()?;
    let argument = |name: &str| {
        let at = args.iter().position(|(known, _)| known == name)?;
        Some(args.swap_remove(at).1.into_owned())
    };
    NoticeCode::parse(code)?.notice(argument)
}

struct Stored<'a>(Vec<(Cow<'a, str>, Cow<'a, str>)>);

#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'de> Deserialize<'de> for Stored<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Arguments;
        impl<'de> Visitor<'de> for Arguments {
            type Value = Stored<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of texts")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Stored<'de>, A::Error> {
                let mut all = Vec::with_capacity(1);
                while let Some((Text(name), Text(value))) = map.next_entry()? {
                    all.push((name, value));
                }
                Ok(Stored(all))
            }
        }
        deserializer.deserialize_map(Arguments)
    }
}
