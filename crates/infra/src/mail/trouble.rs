//! Where a try ended, and what follows from it for the letter.
use domain::outbox::{Failure, Outcome};
use lettre::transport::smtp::Error;
use std::{error, time::Duration};

/// In the order in which they are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step {
    Connect,
    Greeting,
    Tls,
    SignIn,
    Sender,
    Recipient,
    Announcement,
    Content,
}

impl Step {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Connect => "connect",
            Self::Greeting => "greeting",
            Self::Tls => "tls",
            Self::SignIn => "sign_in",
            Self::Sender => "sender",
            Self::Recipient => "recipient",
            Self::Announcement => "announcement",
            Self::Content => "content",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Why {
    /// The server said so.
    Status(u16),
    TimedOut,
    /// In words of this side.
    Broken(String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Trouble {
    pub step: Step,
    pub why: Why,
}

impl Trouble {
    pub(super) fn new(step: Step, error: &Error) -> Self {
        let why = match error.status() {
            Some(code) => Why::Status(code.into()),
            None if error.is_timeout() => Why::TimedOut,
            // What could not be read is quoted there, and it may hold anything.
            None if error.is_response() => Why::Broken("the answer is none of SMTP's, or has no end".into()),
            None => Why::Broken(root(error)),
        };
        Self { step, why }
    }

    pub(super) fn broken(step: Step, why: impl ToString) -> Self {
        Self { step, why: Why::Broken(why.to_string()) }
    }

    /// A status is about the letter only where the server was told of it. One against the sender is about the settings, which
    /// the operator can mend before the letter is given up.
    pub(super) fn outcome(&self) -> Outcome {
        let Why::Status(status) = self.why else { return Outcome::Failed(Failure::Unreachable) };
        match status {
            400..=499 if self.step >= Step::Sender => Outcome::Failed(Failure::Deferred),
            // To sign in is required, or did not succeed.
            530 | 534 | 535 | 538 => Outcome::Failed(Failure::Unreachable),
            550..=553 | 555 if self.step > Step::Sender => Outcome::Refused(Failure::Address),
            500..=599 if self.step > Step::Sender => Outcome::Refused(Failure::Letter),
            _ => Outcome::Failed(Failure::Unreachable),
        }
    }

    /// What a connection tells that the server closed while it was idle: nothing of the letter was sent yet.
    pub(super) fn is_of_the_connection(&self) -> bool {
        self.step < Step::Content && !matches!(self.why, Why::Status(status) if status != 421)
    }

    pub(super) fn status(&self) -> Option<u16> {
        match self.why {
            Why::Status(status) => Some(status),
            Why::TimedOut | Why::Broken(_) => None,
        }
    }
}

/// Each step has a time of its own.
pub(super) async fn within<T>(
    step: Step,
    limit: Duration,
    work: impl Future<Output = Result<T, Error>>,
) -> Result<T, Trouble> {
    match tokio::time::timeout(limit, work).await {
        Ok(done) => done.map_err(|e| Trouble::new(step, &e)),
        Err(_elapsed) => Err(Trouble { step, why: Why::TimedOut }),
    }
}

fn root(error: &dyn error::Error) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_status_means_depends_on_what_the_server_was_told() {
        use Step::{Announcement, Connect, Content, Greeting, Recipient, Sender, SignIn, Tls};
        let unreachable = Outcome::Failed(Failure::Unreachable);
        let deferred = Outcome::Failed(Failure::Deferred);
        let (address, letter) = (Outcome::Refused(Failure::Address), Outcome::Refused(Failure::Letter));
        for (steps, statuses, outcome) in [
            (&[Connect, Greeting, Tls, SignIn][..], &[421, 450, 454, 500, 535, 550, 554][..], unreachable),
            (&[Sender], &[530, 535, 550, 553, 554], unreachable),
            (&[Recipient, Announcement, Content], &[530, 534, 535, 538], unreachable),
            (&[Sender, Recipient, Announcement, Content], &[421, 450, 451, 452], deferred),
            (&[Recipient, Announcement, Content], &[550, 551, 552, 553, 555], address),
            (&[Recipient, Announcement, Content], &[500, 503, 541, 554, 571], letter),
        ] {
            for (step, status) in
                steps.iter().flat_map(|step| statuses.iter().map(move |status| (step, status)))
            {
                let trouble = Trouble { step: *step, why: Why::Status(*status) };
                assert_eq!(trouble.outcome(), outcome, "{step:?} {status}");
            }
        }
        for why in [Why::TimedOut, Why::Broken("reset".into())] {
            assert_eq!(Trouble { step: Content, why }.outcome(), unreachable);
        }
    }
}
