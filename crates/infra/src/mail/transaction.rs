//! One letter on one connection.
use super::{
    message::Message,
    trouble::{Step, Trouble, within},
};
use lettre::transport::smtp::{
    client::AsyncSmtpConnection,
    commands::{Data, Mail, Rcpt},
    response::Response,
};
use std::{fmt::Display, ops::RangeInclusive, time::Duration};

const COMMAND_MAX: Duration = Duration::from_secs(8);
/// Many servers look for viruses before they answer. Longer would not help: the whole try has 12 s.
const CONTENT_MAX: Duration = Duration::from_secs(16);

/// Only 250 after all of it means that the server has the letter.
pub(super) async fn hand_over(
    connection: &mut AsyncSmtpConnection,
    message: &Message,
) -> Result<(), Trouble> {
    say(connection, Step::Sender, Mail::new(Some(message.from.clone()), vec![]), 200..=299).await?;
    say(connection, Step::Recipient, Rcpt::new(message.to.clone(), vec![]), 200..=299).await?;
    say(connection, Step::Announcement, Data, 354..=354).await?;
    let answer = within(Step::Content, CONTENT_MAX, connection.message(&message.bytes)).await?;
    expect(Step::Content, &answer, &(250..=250))
}

async fn say(
    connection: &mut AsyncSmtpConnection,
    step: Step,
    command: impl Display,
    expected: RangeInclusive<u16>,
) -> Result<(), Trouble> {
    let answer = within(step, COMMAND_MAX, connection.command(command)).await?;
    expect(step, &answer, &expected)
}

/// The library lets all pass that is no refusal.
fn expect(step: Step, answer: &Response, expected: &RangeInclusive<u16>) -> Result<(), Trouble> {
    let status = answer.code().into();
    if expected.contains(&status) {
        Ok(())
    } else {
        Err(Trouble::broken(step, format_args!("status {status} is no answer to it")))
    }
}
