//! The second part: alarms are repeated, and half of them answered, while nodes are killed.
use crate::{
    ACCEPTED_WITHIN, Pressed,
    mail::{self, Accepted, Kind},
    storm::Storm,
    verdict::by_recipient,
};
use futures_util::future::join_all;
use rand::{RngExt, SeedableRng, rngs::StdRng};
use std::{
    net::SocketAddr,
    path::Path,
    sync::atomic::{AtomicBool, Ordering::Relaxed},
    thread::{scope, sleep},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};
use testing::TestDb;
use tokio::runtime::Runtime;

const STORM: Duration = Duration::from_secs(8);
/// What is on its way when somebody answers may arrive after that.
const ARRIVES_WITHIN_MICROS: u128 = 2_000_000;
const HURRY_EVERY: Duration = Duration::from_millis(300);

/// By whom an alarm was answered, and when the answer was confirmed.
pub struct Answered<'a> {
    pressed: &'a Pressed,
    pub at: Option<SystemTime>,
}

pub struct Scene<'a> {
    pub runtime: &'a Runtime,
    pub database: &'a TestDb,
    pub folder: &'a Path,
    pub nodes: [SocketAddr; 2],
}

impl Scene<'_> {
    /// Every second alarm is answered at some moment of the storm.
    pub fn answer<'a>(
        &self,
        pressed: &'a [Pressed],
        storm: &mut Storm,
        mut rng: StdRng,
    ) -> Vec<Answered<'a>> {
        let first = mail::accepted(self.folder);
        let is_over = AtomicBool::new(false);
        scope(|scope| {
            scope.spawn(|| self.hurry_repeats(&is_over));
            let seed = StdRng::seed_from_u64(rng.random());
            let storming = scope.spawn(|| storm.go_on(self.folder, STORM, seed));
            let answering = pressed.iter().enumerate().map(|(n, pressed)| {
                let contact = pressed.person.contact();
                let link = first.iter().find(|letter| letter.to == contact && letter.kind == Kind::Alarm);
                let link = link.and_then(|letter| letter.link.clone()).filter(|_| n % 2 == 0);
                let after = STORM.mul_f64(rng.random());
                async move {
                    let Some(link) = link else { return Answered { pressed, at: None } };
                    Answered { pressed, at: Some(pressed.person.answer(after, &link, self.nodes).await) }
                }
            });
            let answered = self.runtime.block_on(join_all(answering.collect::<Vec<_>>()));
            storming.join().unwrap();
            is_over.store(true, Relaxed);
            answered
        })
    }

    fn hurry_repeats(&self, is_over: &AtomicBool) {
        while !is_over.load(Relaxed) {
            self.hurry();
            sleep(HURRY_EVERY);
        }
    }

    /// What is due in minutes is due at once: the nodes' clocks cannot be set. Not where a message is still being sent, as a killed
    /// node leaves it until its lease ends: a round that comes then leaves that recipient out, rightly, and all rounds would be over
    /// before minutes could have passed.
    fn hurry(&self) {
        self.database.sql().batch(
            "update alarms set repeat_at = raised_at where repeat_at > raised_at and answered_at is null and not exists (
                 select from alarm_letters join outbox on outbox.id = delivery_id
                 where alarm_id = alarms.id and finished_at is null)",
        );
    }

    /// Waits until every alarm without an answer was repeated, and tells what is wrong.
    pub fn judge(&self, answered: &[Answered<'_>], storm: &Storm) -> Vec<String> {
        let until = Instant::now() + ACCEPTED_WITHIN;
        while Instant::now() < until
            && answered.iter().any(|one| self.is_missing(one, &mail::accepted(self.folder)))
        {
            self.hurry();
            sleep(HURRY_EVERY);
        }
        // What would come after an answer has come by now, too: a killed node's lease is shorter.
        sleep(Duration::from_secs(2));
        let accepted = mail::accepted(self.folder);
        let mut wrong = vec![];
        for one in answered {
            match one.at {
                Some(at) => wrong.extend(self.wrong_with_answered(one, at, &accepted)),
                None if self.is_missing(one, &accepted) => {
                    wrong.push(format!(
                        "{}: an alarm without an answer was not repeated",
                        one.pressed.person.name
                    ));
                }
                None => {}
            }
        }
        let repeats: Vec<_> = accepted.iter().filter(|letter| letter.kind == Kind::Repeat).cloned().collect();
        for (to, letters) in by_recipient(&repeats) {
            wrong.extend(storm.doubles_without_crash(to, &letters));
        }
        wrong
    }

    fn is_missing(&self, one: &Answered<'_>, accepted: &[Accepted]) -> bool {
        let person = &one.pressed.person;
        let was_repeated =
            |to: String| accepted.iter().any(|letter| letter.kind == Kind::Repeat && letter.to == to);
        one.at.is_none() && !(was_repeated(person.contact()) && was_repeated(person.therapist()))
    }

    fn wrong_with_answered(&self, one: &Answered<'_>, at: SystemTime, accepted: &[Accepted]) -> Vec<String> {
        let person = &one.pressed.person;
        let at = at.duration_since(UNIX_EPOCH).unwrap().as_micros() + ARRIVES_WITHIN_MICROS;
        let late = accepted.iter().filter(|letter| {
            letter.kind == Kind::Repeat
                && letter.at > at
                && [person.contact(), person.therapist()].contains(&letter.to)
        });
        let mut wrong: Vec<_> = late.map(|letter| format!("after the answer: {letter:?}")).collect();
        let alarm = self.runtime.block_on(person.alarm(self.nodes[0]));
        let is_kept = alarm["answered_at"].is_string()
            && alarm["completed"] == true
            && alarm["recipients"].as_array().unwrap().iter().any(|to| to["answered_at"].is_string());
        if !is_kept {
            wrong.push(format!("{}: an answer was lost: {alarm}", person.name));
        }
        wrong
    }
}
