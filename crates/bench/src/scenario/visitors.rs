//! Who asks in a scenario.
use super::{
    mix::{Mix, SHARES},
    name::Name,
    paths::{BODY_PARTS, LINKS, NOTIFICATIONS, PROFILE, PTSD_PROFILE, STATS, UNREAD},
    reads::Reader,
    writes::{Prescriber, Writer},
};
use crate::{
    Done,
    fixture::Fixture,
    wire::{Ask, Visitor},
};
use hyper::Method;
use serde_json::json;

impl Name {
    /// One for each connection; none at all when these people cannot ask it.
    pub(crate) fn visitors(self, fixture: &Fixture, wanted: usize) -> Done<Vec<Box<dyn Visitor>>> {
        let connections = match self {
            // Each has a link to itself.
            Self::Prescribe | Self::Mix => self.connections(wanted).min(fixture.treatments.len()),
            _ => self.connections(wanted),
        };
        let mut visitors = Vec::new();
        for n in 0..connections {
            match self.visitor(fixture, n)? {
                Some(visitor) => visitors.push(visitor),
                None => return Ok(vec![]),
            }
        }
        Ok(visitors)
    }

    fn visitor(self, fixture: &Fixture, n: usize) -> Done<Option<Box<dyn Visitor>>> {
        let base = &fixture.base;
        let every = |path: &str| -> Done<Vec<Ask>> {
            fixture.diarists.iter().map(|voice| base.get(path, &voice.token)).collect()
        };
        let asks = match self {
            Self::UnreadCount => every(UNREAD)?,
            Self::Profile => every(PROFILE)?,
            Self::Records => every(STATS)?,
            Self::Notifications => every(NOTIFICATIONS)?,
            Self::BodyParts => every(BODY_PARTS)?,
            Self::PtsdProfile => every(PTSD_PROFILE)?,
            Self::RecordsLong => one(fixture.chronicler.as_ref().map(|voice| base.get(STATS, &voice.token)))?,
            Self::Links => one(fixture.doctor.as_ref().map(|voice| base.get(LINKS, &voice.token)))?,
            Self::Login | Self::OverloadLogin => {
                let login = |(name, password): &(String, String)| {
                    let body = json!({ "username": name, "password": password }).to_string();
                    base.ask(Method::POST, "/api/auth/login/", None, body)
                };
                fixture.logins.iter().map(login).collect::<Done<_>>()?
            }
            Self::CreateRecord | Self::CreateRecordAlone | Self::CreateRecordPaced => {
                return Ok(boxed(Writer::new(fixture, n)?));
            }
            Self::Prescribe => return Ok(boxed(Prescriber::new(fixture, n)?)),
            Self::Mix => return mix(fixture, n, true),
            Self::Overload => return mix(fixture, n, false),
            Self::History | Self::Pairs | Self::Alarm | Self::Assistant | Self::Idle | Self::Screen => vec![],
        };
        Ok(boxed(Reader::new(asks, n)))
    }
}

/// One of each that the mix has a share of; a prescriber it makes itself. Without the circle whatever is refused harms none of
/// the requests after it.
fn mix(fixture: &Fixture, n: usize, with_circle: bool) -> Done<Option<Box<dyn Visitor>>> {
    let mut others = Vec::new();
    for (name, share) in SHARES.into_iter().filter(|(name, _)| *name != Name::Prescribe) {
        let Some(visitor) = name.visitor(fixture, n)? else { return Ok(None) };
        others.push((visitor, share));
    }
    let prescriber = if with_circle { Prescriber::new(fixture, n)? } else { None };
    Ok(if with_circle && prescriber.is_none() { None } else { boxed(Some(Mix::new(others, prescriber, n)?)) })
}

fn one(ask: Option<Done<Ask>>) -> Done<Vec<Ask>> {
    ask.transpose().map(|ask| ask.into_iter().collect())
}

fn boxed(visitor: Option<impl Visitor + 'static>) -> Option<Box<dyn Visitor>> {
    visitor.map(|visitor| Box::new(visitor) as Box<dyn Visitor>)
}
