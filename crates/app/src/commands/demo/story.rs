//! Who lives in the demo and what they do there: the shape of `seeds/demo.json`.
use super::clock::Calendar;
use crate::commands::failure::Failure;
use chrono::{NaiveTime, TimeDelta};
use domain::shared::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

const SEED: &str = include_str!("../../../../../seeds/demo.json");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Story {
    /// Everybody's: a demo that people sign in to by hand needs one that they can remember.
    pub password: String,
    /// In the order in which they register.
    pub people: Vec<Person>,
    /// Requests for the banner.
    pub tries: Vec<Try>,
    pub events: Vec<Event>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Person {
    pub username: String,
    /// For the table, in a few words.
    pub who: String,
    pub role: DemoRole,
    /// Registered with beside the name and the password.
    pub profile: Map<String, Value>,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum DemoRole {
    Doctor,
    Staff,
    Patient,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Try {
    pub about: String,
    /// A username.
    pub by: String,
    /// `{name}` stands for an id.
    pub path: String,
}

/// Somebody does something, at a moment.
#[derive(Deserialize)]
pub(super) struct Event {
    /// `day 12, 19:04:33.5` (UTC) or `20 h ago`.
    pub at: String,
    /// A username.
    pub by: String,
    #[serde(flatten)]
    pub what: What,
}

#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum What {
    Call(Call),
    Message(Message),
}

/// A request. `{name}` in its path, and a value of its body that is `"{name}"`, stand for an id: of the account of that
/// username, or of what an earlier answer kept.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Call {
    /// Method and path.
    pub call: String,
    pub body: Option<Value>,
    /// Ids to keep from the answer: a name, and where the id stands (a JSON pointer).
    #[serde(default)]
    pub keep: BTreeMap<String, String>,
    /// Made once for each item of a list, whose id is then `{each}`.
    pub each: Option<Each>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Each {
    /// The list's path.
    pub of: String,
    /// Items at its beginning that are left out.
    pub skip: usize,
}

/// Chat has no request that sends: it is said to the service that the sockets use.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Message {
    pub says: String,
    /// A username, or `support`.
    pub to: String,
}

impl Story {
    pub(super) fn read() -> Result<Self, Failure> {
        serde_json::from_str(SEED).map_err(|e| Failure::new(format!("seeds/demo.json: {e}")))
    }

    /// The events with their instants, the earliest first.
    pub(super) fn timeline(&self, calendar: Calendar) -> Result<Vec<(Timestamp, &Event)>, Failure> {
        let at = |event| Event::instant(event, calendar).map(|at| (at, event));
        let mut timeline = self.events.iter().map(at).collect::<Result<Vec<_>, _>>()?;
        timeline.sort_by_key(|(at, _)| *at);
        Ok(timeline)
    }
}

impl Event {
    fn instant(&self, calendar: Calendar) -> Result<Timestamp, Failure> {
        let wrong = || Failure::new(format!("seeds/demo.json: {:?} is no moment", self.at));
        if let Some(hours) = self.at.strip_suffix(" h ago") {
            return Ok(calendar.ago(TimeDelta::hours(hours.parse().map_err(|_why| wrong())?)));
        }
        let (day, time) =
            self.at.strip_prefix("day ").and_then(|rest| rest.split_once(", ")).ok_or_else(wrong)?;
        let day = TimeDelta::days(day.parse::<u16>().map_err(|_why| wrong())?.into());
        let time = time.parse::<NaiveTime>().map_err(|_why| wrong())?;
        Ok(calendar.after(day + (time - NaiveTime::MIN)))
    }
}
