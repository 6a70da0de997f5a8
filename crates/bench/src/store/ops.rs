//! What the store is asked for each request, in the server's order: who asks first, then the rest.
use super::statements::{
    ADD_AUDIT, ADD_AUDITS, ADD_ENTRY, ADD_NOTIFICATION, ADD_RECORD, ANSWER, CRISIS_PROFILE, DOCTORS_OF,
    ENTRY, ENTRY_ON, HOLD_POSTGRES, HOLD_SQLITE, HOLDER, LINK, LINK_BETWEEN, NOTIFICATIONS, RECORDS,
    REMOVE_ENTRY, SHEETS, UNREAD,
};
use crate::{
    Done,
    fixture::{Fixture, Treatment, Voice},
    scenario::{Name, mix},
    sql::{Connection, Db, Value},
};
use chrono::{NaiveDateTime, Utc};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use std::sync::{Arc, Mutex, PoisonError};

/// The server's windows on lists (`shared::Window`).
const WINDOW: usize = 500;

pub(super) struct Teller {
    connection: Connection,
    /// SQLite's.
    writer: Option<Arc<Mutex<Connection>>>,
    people: Vec<Voice>,
    next: usize,
    chronicler: Voice,
    doctor: Voice,
    links: Vec<(i64, i64)>,
    writes_as: Voice,
    treatment: Treatment,
    /// Of four: accepted, prescribed, taken back, rejected.
    step: usize,
    prescription: i64,
    rng: StdRng,
    leaving: bool,
}

impl Teller {
    /// `None` when not everybody is there who has a part.
    pub(super) fn new(
        connection: Connection,
        writer: Option<Arc<Mutex<Connection>>>,
        fixture: &Fixture,
        n: usize,
    ) -> Option<Self> {
        Some(Self {
            connection,
            writer,
            people: fixture.diarists.clone(),
            next: n * 37,
            chronicler: fixture.chronicler.clone()?,
            doctor: fixture.doctor.clone()?,
            links: fixture.doctors_links.clone(),
            writes_as: fixture.writers.get(n)?.clone(),
            treatment: fixture.treatments.get(n)?.clone(),
            step: 0,
            prescription: 0,
            rng: StdRng::seed_from_u64(n.try_into().unwrap_or_default()),
            leaving: false,
        })
    }
    pub(super) fn leave(&mut self) {
        self.leaving = true;
    }
    pub(super) fn is_at_rest(&self) -> bool {
        self.step == 0
    }

    /// One request's worth.
    pub(super) fn tell(&mut self, name: Name) -> Done {
        match name {
            Name::Mix if self.leaving => self.tell(Name::Prescribe),
            Name::Mix => {
                let number = self.rng.random_range(0..100);
                self.tell(mix::chosen(number))
            }
            Name::UnreadCount => {
                let id = self.somebody()?;
                self.connection.ask(UNREAD, &[id])?.expect(1).map(drop)
            }
            Name::Records => {
                let id = self.somebody()?;
                self.connection.ask(RECORDS, &[id, 0.into()]).map(drop)
            }
            Name::RecordsLong => self.long_list(),
            Name::Notifications => {
                let id = self.somebody()?;
                self.connection.ask(NOTIFICATIONS, &[id, i64::MAX.into()]).map(drop)
            }
            Name::PtsdProfile => {
                let id = self.somebody()?;
                self.connection.ask(CRISIS_PROFILE, &[id])?.expect(1).map(drop)
            }
            Name::Links => self.links(),
            Name::CreateRecord | Name::CreateRecordAlone => self.create_record(),
            Name::Prescribe => self.treat(),
            Name::Profile | Name::BodyParts => self.somebody().map(drop),
            Name::CreateRecordPaced
            | Name::Login
            | Name::Overload
            | Name::OverloadLogin
            | Name::History
            | Name::Pairs
            | Name::Alarm
            | Name::Assistant
            | Name::Idle
            | Name::Screen => Err("no store limit for this".into()),
        }
    }

    fn signed(&mut self, hash: String) -> Done {
        self.connection.ask(HOLDER, &[hash.into()])?.expect(1).map(drop)
    }

    fn somebody(&mut self) -> Done<Value> {
        self.next += 1;
        let voice = self.people.get(self.next % self.people.len().max(1)).ok_or("nobody is there")?;
        let (id, hash) = (voice.id, voice.token_hash.clone());
        self.signed(hash)?;
        Ok(id.into())
    }

    fn long_list(&mut self) -> Done {
        self.signed(self.chronicler.token_hash.clone())?;
        let (owner, mut after) = (self.chronicler.id, 0);
        loop {
            let rows = self.connection.ask(RECORDS, &[owner.into(), after.into()])?;
            match rows.id {
                Some(last) if rows.count == WINDOW => after = last,
                _ => return Ok(()),
            }
        }
    }

    fn links(&mut self) -> Done {
        self.signed(self.doctor.token_hash.clone())?;
        let doctor = self.doctor.id;
        self.connection.ask(SHEETS, &[doctor.into(), 0.into()])?.expect(self.links.len())?;
        let at = Utc::now().naive_utc();
        let seen = |(link, patient): &(i64, i64)| {
            [at.into(), doctor.into(), (*patient).into(), "link.read".into(), (*link).into(), Value::Null]
        };
        let rows: Vec<Value> = self.links.iter().flat_map(seen).collect();
        self.change(|c| c.ask(&ADD_AUDITS, &rows)?.expect(0).map(drop))
    }

    fn create_record(&mut self) -> Done {
        self.signed(self.writes_as.token_hash.clone())?;
        let (owner, at) = (self.writes_as.id, Utc::now().naive_utc());
        self.change(|c| {
            let text = "worse after the walk, better since half a pill";
            let row =
                [owner.into(), "stabbing".into(), 3.into(), text.into(), true.into(), 25.into(), at.into()];
            let record = c.ask(ADD_RECORD, &row)?.expect(1)?.id;
            let doctor = c.ask(DOCTORS_OF, &[owner.into()])?.expect(1)?.id;
            notify(c, doctor.unwrap_or_default(), at)?;
            audit(c, at, owner, owner, "record.create", Value::Null, record.unwrap_or_default().into())
        })
    }

    fn treat(&mut self) -> Done {
        let Treatment { doctor, patient, link } = self.treatment.clone();
        self.signed(doctor.token_hash)?;
        let (doctor, at) = (doctor.id, Utc::now().naive_utc());
        match self.step {
            0 | 3 => {
                self.connection.ask(LINK_BETWEEN, &[patient.into(), doctor.into()])?.expect(1)?;
                let (to, act) =
                    if self.step == 0 { ("accepted", "link.accept") } else { ("rejected", "link.reject") };
                self.change(|c| {
                    c.ask(ANSWER, &[to.into(), at.into(), link.into()])?.expect(1)?;
                    notify(c, patient, at)?;
                    audit(c, at, doctor, patient, act, link.into(), Value::Null)
                })?;
            }
            1 => {
                // The server looks twice: may one write here, and is what the body says the same link.
                self.connection.ask(LINK, &[link.into()])?.expect(1)?;
                self.connection.ask(LINK, &[link.into()])?.expect(1)?;
                self.connection.ask(ENTRY_ON, &[link.into()])?.expect(0)?;
                self.prescription = self.change(|c| {
                    hold(c, link)?;
                    let (text, details) = ("Ibuprofen 400 mg", "three times a day, after meals");
                    let row = [link.into(), text.into(), details.into(), at.into()];
                    let id = c.ask(ADD_ENTRY, &row)?.expect(1)?.id.unwrap_or_default();
                    notify(c, patient, at)?;
                    audit(c, at, doctor, patient, "prescription.create", link.into(), id.into())?;
                    Ok(id)
                })?;
            }
            _ => {
                let id = self.prescription;
                self.connection.ask(ENTRY, &[id.into()])?.expect(1)?;
                self.change(|c| {
                    hold(c, link)?;
                    c.ask(REMOVE_ENTRY, &[id.into(), link.into()])?.expect(1)?;
                    audit(c, at, doctor, patient, "prescription.delete", link.into(), id.into())
                })?;
            }
        }
        self.step = (self.step + 1) % 4;
        Ok(())
    }

    /// One durable transaction.
    fn change<T>(&mut self, work: impl FnOnce(&mut Connection) -> Done<T>) -> Done<T> {
        match &self.writer {
            Some(writer) => {
                let mut writer = writer.lock().unwrap_or_else(PoisonError::into_inner);
                transact(&mut writer, "BEGIN IMMEDIATE", work)
            }
            None => transact(&mut self.connection, "BEGIN", work),
        }
    }
}

fn transact<T>(
    connection: &mut Connection,
    begin: &str,
    work: impl FnOnce(&mut Connection) -> Done<T>,
) -> Done<T> {
    connection.batch(begin)?;
    let done = work(connection);
    connection.batch(if done.is_ok() { "COMMIT" } else { "ROLLBACK" })?;
    done
}

fn hold(c: &mut Connection, link: i64) -> Done {
    let hold = match &c.db {
        Db::Postgres { .. } => HOLD_POSTGRES,
        Db::Sqlite(_) => HOLD_SQLITE,
    };
    c.ask(hold, &[link.into()])?.expect(1).map(drop)
}

fn notify(c: &mut Connection, owner: i64, at: NaiveDateTime) -> Done {
    let (code, args) = ("record_created", r#"{"patient":"Sarah Connor"}"#);
    let values = [owner.into(), code.into(), args.into(), false.into(), at.into()];
    c.ask(ADD_NOTIFICATION, &values)?.expect(1).map(drop)
}

fn audit(
    c: &mut Connection,
    at: NaiveDateTime,
    actor: i64,
    patient: i64,
    act: &'static str,
    link: Value,
    object: Value,
) -> Done {
    c.ask(ADD_AUDIT, &[at.into(), actor.into(), patient.into(), act.into(), link, object])?
        .expect(0)
        .map(drop)
}
