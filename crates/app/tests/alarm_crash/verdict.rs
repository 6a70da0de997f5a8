//! What must be true of the answers and of the mail server's log.
use crate::{
    ACCEPTED_WITHIN, Pressed,
    mail::{Accepted, Kind},
    storm::Storm,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    time::UNIX_EPOCH,
};

pub fn by_recipient(accepted: &[Accepted]) -> BTreeMap<&str, Vec<&Accepted>> {
    let mut all = BTreeMap::<_, Vec<_>>::new();
    accepted.iter().for_each(|letter| all.entry(letter.to.as_str()).or_default().push(letter));
    all
}

pub fn is_complete(pressed: &[Pressed], accepted: &[Accepted]) -> bool {
    let first = of_presses(accepted);
    let all = by_recipient(&first);
    pressed.iter().all(|Pressed { person, .. }| {
        [person.contact(), person.therapist()].iter().all(|to| all.contains_key(to.as_str()))
    })
}

pub fn doubles(accepted: &[Accepted]) -> usize {
    let ids: BTreeSet<_> = accepted.iter().map(|letter| &letter.message_id).collect();
    accepted.len() - ids.len()
}

/// Without repeats, and what asks new contacts.
fn of_presses(accepted: &[Accepted]) -> Vec<Accepted> {
    accepted.iter().filter(|letter| letter.kind == Kind::Alarm).cloned().collect()
}

/// Everything that is wrong.
pub fn judge(pressed: &[Pressed], accepted: &[Accepted], storm: &Storm) -> Vec<String> {
    let first = of_presses(accepted);
    let (all, mut wrong) = (by_recipient(&first), vec![]);
    for Pressed { person, answered_at, messages } in pressed {
        let answered_at = answered_at.duration_since(UNIX_EPOCH).unwrap().as_micros();
        let due = answered_at.max(storm.mail_was_back) + ACCEPTED_WITHIN.as_micros();
        for (to, said) in
            [(person.contact(), "получил(а) уведомление"), (person.therapist(), "был уведомлён.")]
        {
            let letters = all.get(to.as_str()).map_or(&[][..], Vec::as_slice);
            match letters.first() {
                None => wrong.push(format!("{to}: no letter, after {messages:?}")),
                Some(first) if first.at > due => wrong.push(format!("{to}: a letter that came too late")),
                Some(_) => {}
            }
            let was_called_notified =
                messages.iter().any(|message| message.contains(said) && !message.contains("не был"));
            if was_called_notified && letters.first().is_none_or(|first| first.at > answered_at) {
                wrong.push(format!("{to}: called notified before the mail server had the letter"));
            }
            if letters.iter().map(|letter| &letter.message_id).collect::<BTreeSet<_>>().len() > 1 {
                wrong.push(format!("{to}: two letters, {letters:?}"));
            }
            wrong.extend(storm.doubles_without_crash(&to, letters));
        }
    }
    wrong
}
