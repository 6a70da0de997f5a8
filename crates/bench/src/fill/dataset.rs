//! The accounts of the database. The first of them have parts to play in the scenarios, and the same data at every scale; the
//! others are the crowd, which grows.
use crate::{Done, numbers::as_f64};
use domain::{
    identity::{
        Nonce, Password, PasswordHash,
        ports::{PasswordHasher, TokenIssuer},
    },
    shared::AccountId,
};
use infra::identity::{Argon2Hasher, Cost, HmacTokenIssuer};
use std::ops::RangeInclusive;

/// At scale 1. The issue names these sizes.
const ACCOUNTS: f64 = 10_000.0;
const LINKS: f64 = 2_000.0;
const RECORDS: f64 = 200_000.0;
const NOTIFICATIONS: f64 = 200_000.0;
const MESSAGES: f64 = 200_000.0;
/// As many as have parts to play, and some to fill the rows between theirs.
const ACCOUNTS_MIN: i64 = 1_200;

/// Everybody's. Hashed once, as the server hashes: 10,000 real hashes would take four minutes and change nothing.
pub(crate) const PASSWORD: &str = "bench-pass-1";

/// Has fifty accepted links, and a conversation with each of the first hundred diarists.
pub(crate) const BUSY_DOCTOR: i64 = 1;
/// Has talked with nobody.
pub(crate) const QUIET_DOCTOR: i64 = 2;
pub(crate) const DOCTORS: RangeInclusive<i64> = 2..=100;
/// Each has 90 records (three months) and 50 notifications: their lists never change.
pub(crate) const DIARISTS: RangeInclusive<i64> = 101..=300;
/// Has 5,000 records.
pub(crate) const CHRONICLER: i64 = 301;
/// Each has a link that waits: its doctor accepts, prescribes, takes it back and rejects, over and over.
pub(crate) const TREATED: RangeInclusive<i64> = 302..=557;
/// Each makes records, of which one doctor is notified.
pub(crate) const WRITERS: RangeInclusive<i64> = 558..=813;
/// From here on nobody is asked anything by name.
pub(crate) const CROWD: i64 = 814;

pub(crate) const RECORDS_EACH: usize = 90;
pub(crate) const RECORDS_LONG: usize = 5_000;
pub(crate) const NOTIFICATIONS_EACH: usize = 50;
pub(crate) const LINKS_BUSY: i64 = 50;
pub(crate) const HISTORY: i64 = 100;
/// Diarists who have talked with the busy doctor.
pub(crate) const CONVERSED: i64 = 100;

#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub id: i64,
    pub username: String,
    pub token: String,
    pub token_hash: String,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Link {
    pub id: i64,
    pub patient: i64,
    pub doctor: i64,
    pub accepted: bool,
}

pub(crate) struct Dataset {
    token_issuer: HmacTokenIssuer,
    scale: f64,
    pub(super) password: PasswordHash,
}

impl Dataset {
    pub(crate) fn new(scale: f64, secret: &str) -> Done<Self> {
        let password = Password::parse(PASSWORD).map_err(|e| e.to_string())?;
        let password = Argon2Hasher::new(Cost::STANDARD)?.hash(&password)?;
        Ok(Self { token_issuer: HmacTokenIssuer::new(secret.as_bytes())?, scale, password })
    }

    pub(crate) fn accounts(&self) -> i64 {
        self.sized(ACCOUNTS).max(ACCOUNTS_MIN)
    }

    /// How many of the crowd's own, beside those of the people with parts.
    pub(super) fn of_crowd(&self, all: f64, parts: usize) -> usize {
        let parts = i64::try_from(parts).unwrap_or_default();
        usize::try_from(self.sized(all - as_f64(parts.unsigned_abs()))).unwrap_or_default()
    }
    pub(super) fn crowd_records(&self) -> usize {
        self.of_crowd(RECORDS, DIARISTS.count() * RECORDS_EACH + RECORDS_LONG)
    }
    pub(super) fn crowd_notifications(&self) -> usize {
        self.of_crowd(NOTIFICATIONS, DIARISTS.count() * NOTIFICATIONS_EACH)
    }
    pub(super) fn crowd_messages(&self) -> i64 {
        self.sized(MESSAGES - as_f64((CONVERSED * HISTORY).unsigned_abs()))
    }
    pub(super) fn crowd_links(&self) -> usize {
        self.of_crowd(LINKS, self.parts_links().len())
    }

    #[expect(clippy::cast_possible_truncation, reason = "counts of rows, not beyond millions")]
    fn sized(&self, at_scale_one: f64) -> i64 {
        (at_scale_one * self.scale).round() as i64
    }

    /// The links of those who have parts, by id from 1.
    pub(crate) fn parts_links(&self) -> Vec<Link> {
        let busy = (0..LINKS_BUSY).map(|n| (DIARISTS.start() + n, BUSY_DOCTOR, true));
        let diarists = DIARISTS.map(|patient| (patient, doctor_of(patient), true));
        let treated = TREATED.map(|patient| (patient, doctor_of(patient), false));
        let writers = WRITERS.map(|patient| (patient, doctor_of(patient), true));
        let links = busy.chain(diarists).chain(treated).chain(writers);
        (1..)
            .zip(links)
            .map(|(id, (patient, doctor, accepted))| Link { id, patient, doctor, accepted })
            .collect()
    }

    pub(super) fn nonce(&self, id: i64) -> Nonce {
        Nonce(format!("{id:032x}"))
    }

    pub(crate) fn person(&self, id: i64) -> Person {
        let token = self.token_issuer.derive(AccountId::new(id), &self.nonce(id)).expose().to_owned();
        Person { id, username: username(id), token_hash: self.token_issuer.hash(&token).0, token }
    }
}

pub(super) fn username(id: i64) -> String {
    format!("person.{id}")
}

/// Doctors take turns.
fn doctor_of(patient: i64) -> i64 {
    let doctors = DOCTORS.end() - DOCTORS.start() + 1;
    DOCTORS.start() + patient % doctors
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::SECRET;
    use std::collections::BTreeSet;

    #[test]
    fn nobody_has_two_links_with_the_same_doctor() {
        let links = Dataset::new(1.0, SECRET).unwrap().parts_links();
        let pairs: BTreeSet<_> = links.iter().map(|link| (link.patient, link.doctor)).collect();
        assert_eq!(pairs.len(), links.len());
        assert!(links.iter().filter(|link| link.doctor == BUSY_DOCTOR).count() == 50);
    }

    #[test]
    fn a_dataset_has_the_sizes_that_were_asked_for() {
        let dataset = Dataset::new(1.0, SECRET).unwrap();
        let parts = DIARISTS.count();
        assert_eq!(dataset.accounts(), 10_000);
        assert_eq!(dataset.crowd_records() + parts * RECORDS_EACH + RECORDS_LONG, 200_000);
        assert_eq!(dataset.crowd_notifications() + parts * NOTIFICATIONS_EACH, 200_000);
        assert_eq!(dataset.crowd_links() + dataset.parts_links().len(), 2_000);
        assert_eq!(Dataset::new(0.001, SECRET).unwrap().accounts(), ACCOUNTS_MIN);
    }
}
