//! The rows of each table. Those of people with parts lie between those of the crowd, as time would have laid them.
use super::{
    copy::Row,
    dataset::{
        BUSY_DOCTOR, CHRONICLER, CONVERSED, CROWD, DIARISTS, DOCTORS, Dataset, HISTORY, NOTIFICATIONS_EACH,
        RECORDS_EACH, RECORDS_LONG, username,
    },
    words::{first, last, pick, sentence},
};
use crate::sql::Value;
use chrono::{DateTime, NaiveDateTime, TimeDelta};
use rand::{RngExt, SeedableRng, rngs::StdRng, seq::SliceRandom};
use std::collections::BTreeSet;

/// Any number: the same one makes the same data.
const SEED: u64 = 20_250_721;
/// The first microsecond of the server's past, in seconds: the year 2025.
const BEGINNING: i64 = 1_735_689_600;
const PAINS: [&str; 4] = ["burning", "stabbing", "cutting", "throbbing"];
/// What a conversation of the crowd holds: close to what the busy doctor's hold.
const CROWD_CONVERSATION: i64 = 95;

pub(super) fn rng(table: u64) -> StdRng {
    StdRng::seed_from_u64(SEED ^ table)
}

/// Half a minute after the one before, on an odd microsecond, as real ones are.
pub(super) fn at(n: i64) -> NaiveDateTime {
    let beginning = DateTime::from_timestamp(BEGINNING, 0).unwrap_or_default().naive_utc();
    beginning + TimeDelta::microseconds(n * 30_000_137)
}

pub(super) fn accounts(dataset: &Dataset) -> impl Iterator<Item = Row> {
    let mut rng = rng(1);
    (1..=dataset.accounts()).map(move |id| {
        let doctor = id <= *DOCTORS.end();
        let email = format!("{}@example.org", username(id));
        vec![
            id.into(),
            username(id).into(),
            email.clone().into(),
            email.into(),
            dataset.password.as_str().to_owned().into(),
            first(&mut rng).into(),
            last(&mut rng).into(),
            "".into(),
            pick(&mut rng, &["M", "F"]).into(),
            format!("19{}-0{}-1{}", rng.random_range(30..99), rng.random_range(1..9), rng.random_range(0..9))
                .into(),
            format!("+4477009{id:05}").into(),
            doctor.into(),
            (!doctor).into(),
            false.into(),
            true.into(),
            at(id).into(),
        ]
    })
}

pub(super) fn sessions(dataset: &Dataset) -> impl Iterator<Item = Row> {
    (1..=dataset.accounts()).map(|id| {
        vec![id.into(), dataset.nonce(id).0.into(), dataset.person(id).token_hash.into(), at(id).into()]
    })
}

pub(super) fn links(dataset: &Dataset) -> impl Iterator<Item = Row> {
    let parts = dataset.parts_links();
    let (mut rng, mut pairs, mut id) =
        (rng(2), BTreeSet::new(), i64::try_from(parts.len()).unwrap_or_default());
    let row = |id: i64, patient: i64, doctor: i64, accepted: bool| {
        let answered = if accepted { at(id + 1).into() } else { Value::Null };
        let status = if accepted { "accepted" } else { "pending" };
        vec![id.into(), patient.into(), doctor.into(), status.into(), at(id).into(), answered]
    };
    while pairs.len() < dataset.crowd_links() {
        pairs.insert((rng.random_range(CROWD..=dataset.accounts()), rng.random_range(DOCTORS)));
    }
    let crowd = pairs.into_iter().map(move |(patient, doctor)| {
        id += 1;
        // One in five waits.
        row(id, patient, doctor, id % 5 != 0)
    });
    parts.into_iter().map(move |link| row(link.id, link.patient, link.doctor, link.accepted)).chain(crowd)
}

/// A prescription and a diagnosis on each of the busy doctor's links: the longest list there is.
pub(super) fn entries(dataset: &Dataset) -> impl Iterator<Item = Row> {
    let mut rng = rng(3);
    let links = dataset.parts_links().into_iter().filter(|link| link.doctor == BUSY_DOCTOR);
    let kinds = links.flat_map(|link| [(link.id, "prescription"), (link.id, "diagnosis")]);
    (1_i64..).zip(kinds).map(move |(id, (link, kind))| {
        let (text, details) = (sentence(&mut rng), sentence(&mut rng));
        vec![id.into(), kind.into(), link.into(), text.into(), details.into(), at(id).into(), at(id).into()]
    })
}

/// Whose each row is, in the order of time.
fn owners(parts: impl Iterator<Item = i64>, crowd: usize, last: i64, rng: &mut StdRng) -> Vec<i64> {
    let mut owners: Vec<i64> = parts.collect();
    owners.extend((0..crowd).map(|_| rng.random_range(CROWD..=last)));
    owners.shuffle(rng);
    owners
}

fn record_owners(dataset: &Dataset, rng: &mut StdRng) -> Vec<i64> {
    let diarists = DIARISTS.flat_map(|id| std::iter::repeat_n(id, RECORDS_EACH));
    let parts = diarists.chain(std::iter::repeat_n(CHRONICLER, RECORDS_LONG));
    owners(parts, dataset.crowd_records(), dataset.accounts(), rng)
}

pub(super) fn records(dataset: &Dataset) -> impl Iterator<Item = Row> {
    let mut rng = rng(4);
    (1_i64..).zip(record_owners(dataset, &mut rng)).map(move |(id, owner)| {
        vec![
            id.into(),
            owner.into(),
            pick(&mut rng, &PAINS).into(),
            rng.random_range(0_i64..=10).into(),
            sentence(&mut rng).into(),
            rng.random_bool(0.5).into(),
            rng.random_range(1_i64..=44).into(),
            at(id).into(),
            at(id).into(),
        ]
    })
}

/// One for each record: an old database has a long audit log.
pub(super) fn audit(dataset: &Dataset) -> impl Iterator<Item = Row> {
    (1_i64..).zip(record_owners(dataset, &mut rng(4))).map(|(id, owner)| {
        vec![
            id.into(),
            at(id).into(),
            owner.into(),
            owner.into(),
            "record.create".into(),
            Value::Null,
            id.into(),
        ]
    })
}

pub(super) fn notifications(dataset: &Dataset) -> impl Iterator<Item = Row> {
    let mut rng = rng(5);
    let parts = DIARISTS.flat_map(|id| std::iter::repeat_n(id, NOTIFICATIONS_EACH));
    let owners = owners(parts, dataset.crowd_notifications(), dataset.accounts(), &mut rng);
    (1_i64..).zip(owners).map(move |(id, owner)| {
        let args = format!(r#"{{"patient":"{} {}"}}"#, first(&mut rng), last(&mut rng));
        // Two in three were read.
        let (code, is_read) = ("record_created".into(), rng.random_bool(0.66));
        vec![id.into(), owner.into(), code, args.into(), is_read.into(), at(id).into()]
    })
}

/// The two people, and how many messages.
fn talks(dataset: &Dataset) -> Vec<(i64, i64, i64)> {
    let mut rng = rng(6);
    let parts = (0..CONVERSED).map(|n| (BUSY_DOCTOR, DIARISTS.start() + n, HISTORY));
    let wanted = usize::try_from(dataset.crowd_messages() / CROWD_CONVERSATION).unwrap_or_default();
    let mut crowd = BTreeSet::new();
    while crowd.len() < wanted {
        let (one, other) =
            (rng.random_range(CROWD..=dataset.accounts()), rng.random_range(CROWD..=dataset.accounts()));
        if one != other {
            crowd.insert((one.min(other), one.max(other), CROWD_CONVERSATION));
        }
    }
    parts.chain(crowd).collect()
}

pub(super) fn conversations(dataset: &Dataset) -> impl Iterator<Item = Row> {
    (1_i64..)
        .zip(talks(dataset))
        .map(|(id, (low, high, last))| vec![id.into(), low.into(), high.into(), at(id).into(), last.into()])
}

/// All first messages, then all second ones: in the order of time no conversation lies in one piece.
pub(super) fn messages(dataset: &Dataset) -> impl Iterator<Item = Row> {
    let (talks, mut rng) = (talks(dataset), rng(7));
    let order = (1..=HISTORY).flat_map(move |seq| {
        let talking = (1_i64..).zip(talks.clone()).filter(move |(_, (_, _, last))| seq <= *last);
        talking.map(move |(id, (low, high, _))| (id, seq, if seq % 2 == 0 { low } else { high }))
    });
    (1_i64..).zip(order).map(move |(n, (id, seq, sender))| {
        vec![id.into(), seq.into(), sender.into(), false.into(), sentence(&mut rng).into(), at(n).into()]
    })
}
