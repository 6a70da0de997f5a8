//! When a letter is tried again.
use chrono::TimeDelta;
use std::time::Duration;

/// One try takes no longer, whatever the mail server does.
pub const SEND_MAX: Duration = Duration::from_secs(18);
/// A worker that has taken a letter and told nothing of it was killed: another one takes it then. Longer than
/// [`SEND_MAX`] and the commit that follows, and short enough that an alarm does not wait for a dead node.
pub const LEASE: TimeDelta = TimeDelta::seconds(25);

const GIVE_UP_AFTER: TimeDelta = TimeDelta::hours(24);

/// How patient a queue is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetrySchedule {
    /// Tries come at 0, 5, 15 and 30 s, then every 20 s for ten minutes, each minute for an hour, hourly for a day.
    Alarm,
    /// At 0, 10 s, 1, 5 and 15 minutes, then every half hour for a day.
    Ordinary,
}

impl RetrySchedule {
    /// How long to wait after the try with this number (from 1), which ended so long after the message was stored. `None` when
    /// there is no other try.
    pub fn pause_after(self, attempts: u32, since_queued: TimeDelta) -> Option<TimeDelta> {
        let minutes = since_queued.num_minutes();
        if since_queued >= GIVE_UP_AFTER {
            return None;
        }
        Some(match (self, attempts) {
            (Self::Alarm, ..=1) => TimeDelta::seconds(5),
            (Self::Alarm, 2) => TimeDelta::seconds(10),
            (Self::Alarm, 3) => TimeDelta::seconds(15),
            (Self::Alarm, _) if minutes < 10 => TimeDelta::seconds(20),
            (Self::Alarm, _) if minutes < 70 => TimeDelta::minutes(1),
            (Self::Alarm, _) => TimeDelta::hours(1),
            (Self::Ordinary, ..=1) => TimeDelta::seconds(10),
            (Self::Ordinary, 2) => TimeDelta::seconds(50),
            (Self::Ordinary, 3) => TimeDelta::minutes(4),
            (Self::Ordinary, 4) => TimeDelta::minutes(10),
            (Self::Ordinary, _) => TimeDelta::minutes(30),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Seconds after it was stored, if each try fails at once.
    fn tries(schedule: RetrySchedule) -> Vec<i64> {
        let (mut at, mut tries) = (TimeDelta::zero(), vec![]);
        loop {
            tries.push(at.num_seconds());
            let tried = u32::try_from(tries.len()).unwrap();
            let Some(pause) = schedule.pause_after(tried, at) else { return tries };
            at += pause;
        }
    }

    #[test]
    fn an_alarm_is_tried_often_at_first_and_for_a_day() {
        let tries = tries(RetrySchedule::Alarm);
        assert_eq!(tries[..6], [0, 5, 15, 30, 50, 70]);
        let between = |from: i64, to: i64| tries.iter().filter(|at| (from..to).contains(*at)).count();
        assert_eq!(between(0, 600), 4 + 28);
        assert_eq!(between(600, 4_200), 60);
        assert_eq!(between(4_200, 90_000), 24);
        assert!(tries.last().is_some_and(|last| (86_400..90_000).contains(last)));
    }

    #[test]
    fn an_ordinary_letter_is_tried_less_often_and_for_a_day_too() {
        let tries = tries(RetrySchedule::Ordinary);
        assert_eq!(tries[..6], [0, 10, 60, 300, 900, 2_700]);
        assert!(tries.len() < 60 && tries.last().is_some_and(|last| (86_400..90_000).contains(last)));
    }

    #[test]
    fn a_lease_outlasts_a_try() {
        assert!(LEASE.to_std().unwrap() > SEND_MAX + Duration::from_secs(5));
    }
}
