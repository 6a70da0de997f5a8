//! How often somebody may try to sign in, to register or to reset a password: per address and per account. In this process's memory, so with
//! several nodes each allows as much.
use super::{Refusal, Rejection};
use crate::address::network;
use governor::{Quota, RateLimiter, clock::Clock, clock::DefaultClock, state::keyed::DefaultKeyedStateStore};
use std::{net::IpAddr, num::NonZeroU32, str::FromStr, time::Duration};

type Keyed<K> = RateLimiter<K, DefaultKeyedStateStore<K>, DefaultClock>;

/// So many in so long a time, all at once or spread: `300/m`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    pub count: NonZeroU32,
    pub period: Duration,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be a number, a slash and one of s, m, h, d, such as 300/m")]
pub struct BadRate;

impl FromStr for Rate {
    type Err = BadRate;
    fn from_str(text: &str) -> Result<Self, BadRate> {
        let (count, unit) = text.trim().split_once('/').ok_or(BadRate)?;
        let seconds = match unit {
            "s" => 1,
            "m" => 60,
            "h" => 3_600,
            "d" => 86_400,
            _ => return Err(BadRate),
        };
        let count = count.parse().map_err(|_why| BadRate)?;
        Ok(Self { count, period: Duration::from_secs(seconds) })
    }
}

impl Rate {
    fn quota(self) -> Quota {
        // A period over a count is only zero for counts beyond one per nanosecond.
        let quota = Quota::with_period(self.period / self.count.get());
        quota.unwrap_or(Quota::per_second(NonZeroU32::MAX)).allow_burst(self.count)
    }
}

/// One pair of limits: who asks from where, and about whom.
pub(crate) struct Pair {
    address: Keyed<IpAddr>,
    account: Keyed<String>,
}

impl Pair {
    fn new((address, account): (Rate, Rate)) -> Self {
        Self { address: RateLimiter::keyed(address.quota()), account: RateLimiter::keyed(account.quota()) }
    }
    fn check(&self, address: IpAddr, account: &str) -> Result<(), Refusal> {
        let address = network(address);
        self.address.check_key(&address).map_err(|until| too_many(&until))?;
        // Nobody's account: only the address counts.
        if account.is_empty() {
            return Ok(());
        }
        // Longer than any name: not worth remembering, and refused by the form anyway.
        let account: String = account.chars().take(150).collect();
        self.account.check_key(&account).map_err(|until| too_many(&until))
    }
    fn forget_the_idle(&self) {
        self.address.retain_recent();
        self.account.retain_recent();
    }
}

fn too_many(until: &governor::NotUntil<<DefaultClock as Clock>::Instant>) -> Refusal {
    let wait = until.wait_time_from(DefaultClock::default().now());
    Rejection::TooManyRequests { seconds: wait.as_secs() + u64::from(wait.subsec_nanos() > 0) }.into()
}

/// Off, or a pair for each action.
pub struct Limits(Option<Pairs>);

struct Pairs {
    login: Pair,
    registration: Pair,
    password_reset: Pair,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LimitedAction {
    Login,
    Registration,
    PasswordReset,
}

impl Limits {
    pub fn off() -> Self {
        Self(None)
    }
    /// Each by address, then by account.
    pub fn new(login: (Rate, Rate), registration: (Rate, Rate), password_reset: (Rate, Rate)) -> Self {
        Self(Some(Pairs {
            login: Pair::new(login),
            registration: Pair::new(registration),
            password_reset: Pair::new(password_reset),
        }))
    }
    /// # Errors
    /// 429 with the seconds to wait.
    pub(super) fn check(&self, action: LimitedAction, address: IpAddr, account: &str) -> Result<(), Refusal> {
        let Some(pairs) = &self.0 else { return Ok(()) };
        let pair = match action {
            LimitedAction::Login => &pairs.login,
            LimitedAction::Registration => &pairs.registration,
            LimitedAction::PasswordReset => &pairs.password_reset,
        };
        pair.check(address, account)
    }
    /// To be called now and then: keeps memory to those who asked lately.
    pub fn forget_the_idle(&self) {
        if let Some(Pairs { login, registration, password_reset }) = &self.0 {
            [login, registration, password_reset].into_iter().for_each(Pair::forget_the_idle);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rate(text: &str) -> Rate {
        text.parse().unwrap()
    }

    #[test]
    fn a_rate_is_a_count_and_a_unit() {
        assert_eq!(rate("300/m").period, Duration::from_secs(60));
        for text in ["", "300", "0/m", "-1/m", "300/w", "m/300", "300/ m"] {
            assert_eq!(text.parse::<Rate>(), Err(BadRate), "{text:?}");
        }
    }

    #[test]
    fn an_account_is_guarded_wherever_the_guesses_come_from_and_an_address_whatever_account_they_name() {
        let (login, other) = ((rate("3/h"), rate("2/h")), (rate("9/h"), rate("9/h")));
        let limits = Limits::new(login, other, other);
        let from = |n: u8| IpAddr::from([10, 0, 0, n]);
        assert!(limits.check(LimitedAction::Login, from(1), "sarah").is_ok());
        assert!(limits.check(LimitedAction::Login, from(2), "sarah").is_ok());
        let refused = limits.check(LimitedAction::Login, from(3), "sarah").unwrap_err();
        assert!(
            matches!(refused, Refusal::Request(Rejection::TooManyRequests { seconds: 1..=1800 })),
            "{refused:?}"
        );
        for name in ["a", "b"] {
            assert!(limits.check(LimitedAction::Login, from(1), name).is_ok());
        }
        assert!(limits.check(LimitedAction::Login, from(1), "c").is_err());
        for other in [LimitedAction::Registration, LimitedAction::PasswordReset] {
            assert!(limits.check(other, from(1), "c").is_ok());
        }
        // A form without a name is about no account.
        for n in 10..20 {
            assert!(limits.check(LimitedAction::Login, from(n), "").is_ok());
        }
    }

    #[test]
    fn neighbours_in_one_ipv6_network_count_as_one() {
        let address = |text: &str| network(text.parse().unwrap());
        assert_eq!(address("2001:db8::1"), address("2001:db8::ffff"));
        assert_ne!(address("2001:db8:0:1::1"), address("2001:db8::1"));
        assert_eq!(address("::ffff:10.0.0.1"), address("10.0.0.1"));
    }
}
