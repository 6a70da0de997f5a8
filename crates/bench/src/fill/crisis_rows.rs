//! The rows of the PTSD support app: profiles, and whom an alarm tells.
use super::{
    copy::Row,
    dataset::{DIARISTS, Dataset, username},
    rows::{at, rng},
    words::{first, last},
};
use crate::sql::Value;
use rand::RngExt;

/// Of the reference data: the one that tells the contacts and the therapist.
const TELLS_ALL: i64 = 3;

/// Of everybody: an account without one is answered by defaults, which is less work.
pub(super) fn profiles(dataset: &Dataset) -> impl Iterator<Item = Row> {
    let mut rng = rng(8);
    (1..=dataset.accounts()).map(move |id| {
        let tells = DIARISTS.contains(&id);
        vec![
            id.into(),
            rng.random_range(18_i64..90).into(),
            format!("{} {}", first(&mut rng), last(&mut rng)).into(),
            rng.random_bool(0.5).into(),
            rng.random_range(1_i64..=5).into(),
            tells.into(),
            if tells { TELLS_ALL.into() } else { Value::Null },
            at(id).into(),
            at(id).into(),
        ]
    })
}

/// Whom the alarm of a diarist writes to: a contact, and the therapist. Nobody has an address with another.
pub(crate) fn told_of_alarm(id: i64) -> [String; 2] {
    ["contact", "therapist"].map(|role| format!("{role}.of.{}@example.org", username(id)))
}

pub(super) fn contacts() -> impl Iterator<Item = Row> {
    let mut rng = rng(9);
    DIARISTS.map(move |id| {
        let [email, _] = told_of_alarm(id);
        let name = format!("{} {}", first(&mut rng), last(&mut rng));
        let phone = format!("+4477008{id:05}");
        vec![id.into(), name.into(), "Брат".into(), phone.into(), email.into(), at(id).into(), at(id).into()]
    })
}

pub(super) fn therapists() -> impl Iterator<Item = Row> {
    let mut rng = rng(10);
    DIARISTS.map(move |id| {
        let [_, email] = told_of_alarm(id);
        let name = format!("{} {}", first(&mut rng), last(&mut rng));
        vec![
            id.into(),
            name.into(),
            format!("+4477007{id:05}").into(),
            email.into(),
            at(id).into(),
            at(id).into(),
        ]
    })
}
