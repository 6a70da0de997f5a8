//! What is measured.
pub(crate) mod mix;
mod reads;
mod writes;

use crate::{
    Done,
    cast::Cast,
    wire::{Ask, Visitor},
};
use clap::ValueEnum;
use hyper::Method;
use mix::Mix;
use reads::Reader;
use serde_json::json;
use writes::{Prescriber, Writer};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(crate) enum Name {
    UnreadCount,
    Profile,
    /// A diary of 90 records.
    Records,
    /// A diary of 5,000: it is streamed in ten windows.
    RecordsLong,
    /// A doctor's 50, each seen and so audited.
    Links,
    /// 50 of them.
    Notifications,
    BodyParts,
    CreateRecord,
    /// The same by one writer: what group commit is measured against.
    CreateRecordAlone,
    /// Accept a link, prescribe, take the prescription back, reject the link.
    Prescribe,
    Login,
    Mix,
    /// Connect to a conversation of 100 messages, and read them.
    History,
    /// Pairs that converse at a fixed rate.
    Pairs,
    /// Sockets that are opened and left alone.
    Idle,
}

/// One hash takes about 25 ms of a core, half the cores hash at once, and who waits longer than 2.3 s hears 503.
const LOGINS_AT_ONCE: usize = 8;
/// An answer of 1.5 MB is no work for many at once.
const LONG_LISTS_AT_ONCE: usize = 4;

pub(crate) const UNREAD: &str = "/api/diary/notifications/unread-count/";
pub(crate) const PROFILE: &str = "/api/auth/profile/";
pub(crate) const STATS: &str = "/api/diary/stats/";
pub(crate) const LINKS: &str = "/api/diary/list_links/";
pub(crate) const BELL: &str = "/api/diary/notifications/";
pub(crate) const BODY_PARTS: &str = "/api/diary/bodyparts/";

impl Name {
    pub(crate) fn all() -> &'static [Self] {
        Self::value_variants()
    }

    pub(crate) fn word(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }

    pub(crate) fn is_http(self) -> bool {
        !matches!(self, Self::History | Self::Pairs | Self::Idle)
    }

    pub(crate) fn connections(self, wanted: usize) -> usize {
        match self {
            Self::Login => wanted.min(LOGINS_AT_ONCE),
            Self::RecordsLong => wanted.min(LONG_LISTS_AT_ONCE),
            Self::CreateRecordAlone => 1,
            _ => wanted,
        }
    }

    /// One for each connection; none at all when these people cannot ask it.
    pub(crate) fn visitors(self, cast: &Cast, wanted: usize) -> Done<Vec<Box<dyn Visitor>>> {
        let connections = match self {
            // Each has a link to itself.
            Self::Prescribe | Self::Mix => self.connections(wanted).min(cast.treatments.len()),
            _ => self.connections(wanted),
        };
        let mut visitors = Vec::new();
        for n in 0..connections {
            match self.visitor(cast, n)? {
                Some(visitor) => visitors.push(visitor),
                None => return Ok(vec![]),
            }
        }
        Ok(visitors)
    }

    fn visitor(self, cast: &Cast, n: usize) -> Done<Option<Box<dyn Visitor>>> {
        let base = &cast.base;
        let every = |path: &str| -> Done<Vec<Ask>> {
            cast.diarists.iter().map(|voice| base.get(path, &voice.token)).collect()
        };
        let asks = match self {
            Self::UnreadCount => every(UNREAD)?,
            Self::Profile => every(PROFILE)?,
            Self::Records => every(STATS)?,
            Self::Notifications => every(BELL)?,
            Self::BodyParts => every(BODY_PARTS)?,
            Self::RecordsLong => one(cast.chronicler.as_ref().map(|voice| base.get(STATS, &voice.token)))?,
            Self::Links => one(cast.doctor.as_ref().map(|voice| base.get(LINKS, &voice.token)))?,
            Self::Login => {
                let login = |(name, password): &(String, String)| {
                    let body = json!({ "username": name, "password": password }).to_string();
                    base.ask(Method::POST, "/api/auth/login/", None, body)
                };
                cast.logins.iter().map(login).collect::<Done<_>>()?
            }
            Self::CreateRecord | Self::CreateRecordAlone => return Ok(boxed(Writer::new(cast, n)?)),
            Self::Prescribe => return Ok(boxed(Prescriber::new(cast, n)?)),
            Self::Mix => return Ok(boxed(Mix::new(cast, n)?)),
            Self::History | Self::Pairs | Self::Idle => vec![],
        };
        Ok(boxed(Reader::new(asks, n)))
    }
}

fn one(ask: Option<Done<Ask>>) -> Done<Vec<Ask>> {
    ask.transpose().map(|ask| ask.into_iter().collect())
}

fn boxed(visitor: Option<impl Visitor + 'static>) -> Option<Box<dyn Visitor>> {
    visitor.map(|visitor| Box::new(visitor) as Box<dyn Visitor>)
}
