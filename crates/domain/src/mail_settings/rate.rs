//! How often somebody wants to be told of what has happened.
use crate::shared::{FieldError, Timestamp};
use chrono::TimeDelta;

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum DigestRate {
    #[default]
    Off,
    Daily,
    /// On Mondays.
    Weekly,
}

/// 07:00 UTC, before a working day begins where most clients are. 1970-01-05 was a Monday.
const FIRST_MONDAY: TimeDelta = TimeDelta::hours(4 * 24 + 7);

impl DigestRate {
    pub const ALL: [Self; 3] = [Self::Off, Self::Daily, Self::Weekly];

    /// The words are stable: they are stored, and what clients send.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Daily => "daily",
            Self::Weekly => "weekly",
        }
    }

    /// # Errors
    /// [`FieldError::NotAChoice`].
    pub fn parse(raw: &str) -> Result<Self, FieldError> {
        let known = Self::ALL.into_iter().find(|rate| rate.as_str() == raw);
        known.ok_or_else(|| FieldError::NotAChoice(raw.to_owned()))
    }

    /// When the next one is due. Never at `now` itself.
    pub fn next_after(self, now: Timestamp) -> Option<Timestamp> {
        let every = match self {
            Self::Off => return None,
            Self::Daily => TimeDelta::days(1),
            Self::Weekly => TimeDelta::weeks(1),
        };
        let first = Timestamp::UNIX_EPOCH + FIRST_MONDAY;
        let past = (now - first).num_seconds().div_euclid(every.num_seconds());
        Some(first + TimeDelta::seconds((past + 1) * every.num_seconds()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_due_at_seven_each_day_or_each_monday() {
        // 2026-11-30 is a Monday.
        for (rate, now, next) in [
            (DigestRate::Daily, "2026-11-29T06:59:59.999999Z", "2026-11-29T07:00:00Z"),
            (DigestRate::Daily, "2026-11-29T07:00:00Z", "2026-11-30T07:00:00Z"),
            (DigestRate::Daily, "2026-11-29T07:00:00.000001Z", "2026-11-30T07:00:00Z"),
            (DigestRate::Daily, "2026-12-31T23:00:00Z", "2027-01-01T07:00:00Z"),
            (DigestRate::Weekly, "2026-11-29T23:59:59Z", "2026-11-30T07:00:00Z"),
            (DigestRate::Weekly, "2026-11-30T06:59:59Z", "2026-11-30T07:00:00Z"),
            (DigestRate::Weekly, "2026-11-30T07:00:00Z", "2026-12-07T07:00:00Z"),
            (DigestRate::Weekly, "2026-12-06T12:00:00Z", "2026-12-07T07:00:00Z"),
        ] {
            let expected: Timestamp = next.parse().unwrap();
            assert_eq!(rate.next_after(now.parse().unwrap()), Some(expected), "{rate:?} {now}");
        }
        assert_eq!(DigestRate::Off.next_after(Timestamp::UNIX_EPOCH), None);
    }

    #[test]
    fn a_rate_is_read_back_from_its_word() {
        for rate in DigestRate::ALL {
            assert_eq!(DigestRate::parse(rate.as_str()), Ok(rate));
        }
        assert_eq!(DigestRate::parse("hourly"), Err(FieldError::NotAChoice("hourly".into())));
    }
}
