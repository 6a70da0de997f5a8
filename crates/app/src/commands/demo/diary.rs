//! A diary out of a story: chance, but the same chance every time.
use super::{
    clock::DAYS,
    people::{Habit, Moment, Pain, Place, Point},
};
use chrono::TimeDelta;
use rand::{RngExt, SeedableRng, rngs::StdRng};

/// The share of entries that come with a remark. Most people mark the pain and close the app.
const REMARKED: f64 = 0.35;
/// Who has a flare writes more often.
const FLARE_WRITES: f64 = 0.4;
/// The part of yesterday's deviation that is left today: pain does not jump about from day to day.
const LASTS: f64 = 0.6;

/// One entry to be.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Ache<'a> {
    /// Since the first midnight.
    pub since: TimeDelta,
    pub part: &'a str,
    pub pain: &'a str,
    pub intensity: i64,
    pub took: bool,
    pub words: &'a str,
}

/// The whole diary, in order. `prescribed` is the day of the first prescription.
pub(super) fn diary(pain: &Pain, prescribed: Option<u16>) -> Vec<Ache<'_>> {
    let mut diarist = Diarist {
        pain,
        prescribed,
        dice: StdRng::seed_from_u64(pain.seed),
        deviation: 0.0,
        flare_left: 0,
        decks: [vec![], vec![], vec![]],
    };
    (0..DAYS).flat_map(|day| diarist.day(day)).collect()
}

struct Diarist<'a> {
    pain: &'a Pain,
    prescribed: Option<u16>,
    dice: StdRng,
    deviation: f64,
    flare_left: u16,
    /// Remarks not made yet, for good, usual and bad moments: nobody says the same twice in a row.
    decks: [Vec<&'a str>; 3],
}

/// The hour, in UTC, at which a time of day begins, and how many minutes it lasts.
const MORNING: (i64, i64) = (4, 150);
const NOON: (i64, i64) = (9, 180);
const EVENING: (i64, i64) = (16, 240);

impl<'a> Diarist<'a> {
    /// Every day has dice of its own: a story that is edited on one day stays as it is on the others.
    fn day(&mut self, day: u16) -> Vec<Ache<'a>> {
        self.dice = StdRng::seed_from_u64((self.pain.seed << 16) + u64::from(day));
        let level = self.level(day);
        let mut moment = self.pain.moments.iter().find(|moment| moment.day == day);
        let written = self.times(moment.is_some());
        written
            .into_iter()
            .map(|(hours, habit)| self.ache(day, hours, level + habit.swing, moment.take()))
            .collect()
    }

    /// The day's pain, before the time of day has its say.
    fn level(&mut self, day: u16) -> f64 {
        let point = on_course(&self.pain.course, day);
        self.deviation = self.deviation * LASTS + self.noise() * self.pain.variability;
        if self.flare_left > 0 {
            self.flare_left -= 1;
        } else if self.happens(point.flares) {
            self.flare_left = self.pain.flare.days;
        }
        let rise = if self.flare_left > 0 { self.pain.flare.rise } else { 0.0 };
        point.level + self.deviation + rise
    }

    /// When something is written on this day. A flare, or a day that the story needs, is never missed.
    fn times(&mut self, needed: bool) -> Vec<((i64, i64), Habit)> {
        let (times, flaring) = (self.pain.times, self.flare_left > 0);
        let slots = [(MORNING, times.morning), (NOON, times.noon), (EVENING, times.evening)];
        let missed = self.happens(self.pain.misses);
        let more = if flaring { FLARE_WRITES } else { 0.0 };
        let mut written = vec![];
        for slot in slots {
            if self.happens(slot.1.writes + more) && (!missed || flaring) {
                written.push(slot);
            }
        }
        if written.is_empty() && (needed || flaring) {
            written.push((EVENING, times.evening));
        }
        written
    }

    fn ache(&mut self, day: u16, hours: (i64, i64), level: f64, moment: Option<&'a Moment>) -> Ache<'a> {
        let level = level + self.noise() * 0.5;
        let intensity = moment.map_or_else(|| rated(level), |moment| moment.intensity);
        // What the story tells is about the pain that the person came with.
        let place = if moment.is_some() { self.pain.places.first() } else { self.place() };
        let takes = self.pain.takes;
        let prescribed = self.prescribed.is_some_and(|first| day > first);
        Ache {
            since: self.at(day, hours),
            part: place.map_or("", |place| &place.part),
            pain: place.map_or("", |place| &place.pain),
            intensity,
            took: self.happens(takes.chance) && prescribed && intensity >= takes.from,
            words: match moment {
                Some(moment) => &moment.words,
                None => self.remark(intensity),
            },
        }
    }

    fn at(&mut self, day: u16, (hour, minutes): (i64, i64)) -> TimeDelta {
        let into = TimeDelta::minutes(minutes).num_microseconds().unwrap_or(1);
        let into = TimeDelta::microseconds(self.dice.random_range(0..into.max(1)));
        TimeDelta::days(day.into()) + TimeDelta::hours(hour) + into
    }

    fn place(&mut self) -> Option<&'a Place> {
        let places = &self.pain.places;
        let all: u32 = places.iter().map(|place| place.often).sum();
        let mut left = self.dice.random_range(0..all.max(1));
        places.iter().find(|place| {
            let here = left < place.often;
            left = left.saturating_sub(place.often);
            here
        })
    }

    fn remark(&mut self, intensity: i64) -> &'a str {
        let remarked = self.happens(REMARKED);
        let remarks = &self.pain.remarks;
        let [good, usual, bad] = &mut self.decks;
        let (deck, all) = match intensity {
            ..=3 => (good, &remarks.good),
            4..=6 => (usual, &remarks.usual),
            7.. => (bad, &remarks.bad),
        };
        if deck.is_empty() {
            deck.extend(all.iter().map(String::as_str));
        }
        if !remarked || deck.is_empty() {
            return "";
        }
        deck.swap_remove(self.dice.random_range(0..deck.len()))
    }

    fn happens(&mut self, chance: f64) -> bool {
        self.dice.random::<f64>() < chance
    }
    /// Between -1 and 1, and more often near 0.
    fn noise(&mut self) -> f64 {
        self.dice.random::<f64>() + self.dice.random::<f64>() - 1.0
    }
}

fn on_course(course: &[Point], day: u16) -> Point {
    let before = course.iter().rev().find(|point| point.day <= day);
    let after = course.iter().find(|point| point.day > day);
    match (before, after) {
        (Some(a), Some(b)) => {
            let way = f64::from(day - a.day) / f64::from(b.day - a.day);
            let between = |from: f64, to: f64| from + (to - from) * way;
            Point { day, level: between(a.level, b.level), flares: between(a.flares, b.flares) }
        }
        (Some(point), None) | (None, Some(point)) => *point,
        (None, None) => Point { day, level: 0.0, flares: 0.0 },
    }
}

/// On the scale that people are asked to use.
fn rated(level: f64) -> i64 {
    level.round().clamp(0.0, 10.0) as i64
}
