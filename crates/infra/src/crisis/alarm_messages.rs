//! The messages of an alarm beside their rows of the outbox: to whom each goes, and why.
use crate::{
    crypto::PersonKeys,
    outbox::{self, Queue},
    store::{
        At, Conn, Word, on,
        schema::{alarm_letters, alarms, outbox as outbox_table},
    },
};
use diesel::prelude::*;
use domain::{
    crisis::{AlarmMessage, RecipientRole, SafeMessage, UnconfirmedSent},
    outbox::{Channel, DeliveryId, DeliveryState, Message},
    shared::Timestamp,
};

/// What a message says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Alarm,
    /// The alarm's owner is safe.
    Safe,
}

impl Kind {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Alarm => "alarm",
            Self::Safe => "safe",
        }
    }
}

/// The first message of each alarm goes before the second of any, and all of a press before those of a repeat. More than anybody has
/// recipients.
const TURNS_OF_ROUND: u32 = 100;

/// Whose messages are stored, and for which alarm.
pub(super) struct Sender<'a> {
    pub keys: &'a PersonKeys,
    pub mail_host: &'a str,
    pub alarm: i64,
    pub at: Timestamp,
}

impl Sender<'_> {
    /// Those of one round: 0 is the press's.
    pub(super) fn store_round(
        &self,
        conn: &mut Conn,
        round: u32,
        messages: &[AlarmMessage],
    ) -> QueryResult<()> {
        for (turn, message) in (round * TURNS_OF_ROUND..).zip(messages) {
            let id = self.store(conn, (Kind::Alarm, round, turn), message.into())?;
            if let Some(why) = message.withheld {
                outbox::withhold(conn, id, why, self.at)?;
            }
        }
        Ok(())
    }

    /// `round` counts those to the same recipient by the same channel.
    pub(super) fn store_safe(
        &self,
        conn: &mut Conn,
        message: &SafeMessage,
        unconfirmed: bool,
        round: u32,
    ) -> QueryResult<()> {
        let new = NewMessage { unconfirmed, ..message.into() };
        self.store(conn, (Kind::Safe, round, TURNS_OF_ROUND), new).map(drop)
    }

    fn store(
        &self,
        conn: &mut Conn,
        (kind, round, turn): (Kind, u32, u32),
        new: NewMessage<'_>,
    ) -> QueryResult<DeliveryId> {
        let channel = new.message.channel();
        let queue = Queue::of_alarms(channel);
        let id = outbox::add(conn, queue, self.keys, self.mail_host, new.message, turn, self.at)?;
        let row = (
            alarm_letters::delivery_id.eq(id.get()),
            alarm_letters::alarm_id.eq(self.alarm),
            alarm_letters::kind.eq(kind.as_str()),
            alarm_letters::round.eq(i64::from(round)),
            alarm_letters::channel.eq(channel.as_str()),
            alarm_letters::contact_id.eq(new.role.contact().map(|id| id.get())),
            self.keys.seal(alarm_letters::name, id.get(), new.name),
            self.keys.seal(alarm_letters::relationship, id.get(), new.relationship),
            alarm_letters::unconfirmed.eq(new.unconfirmed),
            alarm_letters::answer_hash.eq(new.answer),
            alarm_letters::told.eq(!new.is_told_of),
        );
        on!(conn, |c| diesel::insert_into(alarm_letters::table).values(row).execute(c))?;
        Ok(id)
    }
}

struct NewMessage<'a> {
    role: RecipientRole,
    name: &'a str,
    relationship: &'a str,
    message: &'a Message,
    unconfirmed: bool,
    answer: Option<&'a str>,
    /// Whether the user and the staff are told if it reaches nobody.
    is_told_of: bool,
}

impl<'a> From<&'a AlarmMessage> for NewMessage<'a> {
    fn from(new: &'a AlarmMessage) -> Self {
        Self {
            role: new.role,
            name: &new.name,
            relationship: &new.relationship,
            message: &new.message,
            unconfirmed: new.unconfirmed,
            answer: Some(&new.answer.0),
            // The answer to the press tells of the others.
            is_told_of: new.withheld.is_none(),
        }
    }
}

impl<'a> From<&'a SafeMessage> for NewMessage<'a> {
    fn from(new: &'a SafeMessage) -> Self {
        Self {
            role: new.role,
            name: &new.name,
            relationship: &new.relationship,
            message: &new.message,
            unconfirmed: false,
            answer: None,
            is_told_of: false,
        }
    }
}

/// What of these alarms waits for its first or its next try is not sent any more. `from_round` 1: only what repeats them.
pub(super) fn cancel(conn: &mut Conn, alarms: &[i64], from_round: u32, now: Timestamp) -> QueryResult<()> {
    let of_alarms = alarm_letters::table
        .inner_join(outbox_table::table)
        .filter(alarm_letters::alarm_id.eq_any(alarms))
        .filter(alarm_letters::kind.eq(Kind::Alarm.as_str()))
        .filter(alarm_letters::round.ge(i64::from(from_round)))
        .filter(outbox_table::finished_at.is_null())
        .select(alarm_letters::delivery_id);
    let ids: Vec<i64> = on!(conn, |c| of_alarms.load(c))?;
    let cancelled = outbox::cancel(conn, &ids, now)?;
    let rows = alarm_letters::table.filter(alarm_letters::delivery_id.eq_any(&cancelled));
    on!(conn, |c| diesel::update(rows).set(alarm_letters::told.eq(true)).execute(c)).map(drop)
}

/// What was sent to people who have not agreed, for this owner, since then.
pub(super) fn unconfirmed_since(
    conn: &mut Conn,
    owner: i64,
    since: Timestamp,
) -> QueryResult<UnconfirmedSent> {
    let channels: Vec<Word<Channel>> = on!(conn, |c| {
        outbox_table::table
            .inner_join(alarm_letters::table)
            .filter(outbox_table::owner_id.eq(owner))
            .filter(outbox_table::queued_at.gt(At::from(since)))
            .filter(alarm_letters::unconfirmed)
            .filter(outbox_table::state.ne(DeliveryState::Refused.as_str()))
            .select(alarm_letters::channel)
            .load(c)
    })?;
    let of = |wanted| channels.iter().filter(|Word(channel)| *channel == wanted).count();
    Ok(UnconfirmedSent { letters: of(Channel::Email), calls: of(Channel::Webhook) })
}

/// The alarm whose messages stand for this one; `None` unless it is the owner's.
pub(super) fn lead_of(conn: &mut Conn, owner: i64, alarm: i64) -> QueryResult<Option<i64>> {
    let own = alarms::table.find(alarm).filter(alarms::owner_id.eq(owner));
    let found: Option<Option<i64>> = on!(conn, |c| own.select(alarms::joined_to).get_result(c).optional())?;
    Ok(found.map(|joined_to| joined_to.unwrap_or(alarm)))
}

/// To whom, and by which channel: everybody has one of each in a round.
pub(super) type RecipientKey = (Option<i64>, Channel);

pub(super) fn key_of(role: RecipientRole, channel: Channel) -> RecipientKey {
    (role.contact().map(|id| id.get()), channel)
}
