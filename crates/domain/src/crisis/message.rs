//! The messages of one alarm: which there are, and by which channel.
use super::{
    Recipient, RecipientRole,
    letter_writer::{AlarmFacts, LetterLinks, LetterWriter},
    recipient::{UnconfirmedLimit, UnconfirmedSent},
};
use crate::{
    identity::TokenHash,
    outbox::{Failure, Link, LinkPage, Links, Message, Origin},
};

/// One message to one recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlarmMessage {
    pub role: RecipientRole,
    pub name: String,
    pub relationship: String,
    pub message: Message,
    /// Of the link by which the recipient answers.
    pub answer: TokenHash,
    /// Whether it goes to somebody who has not agreed.
    pub unconfirmed: bool,
    /// Why it is not sent: stored all the same, so that its user sees who was not told.
    pub withheld: Option<Failure>,
}

/// What the messages of an alarm are made with.
#[derive(Clone, Copy)]
pub struct MessageMaker<'a> {
    pub writer: &'a dyn LetterWriter,
    pub links: &'a Links,
    /// Where links lead; without it there are none.
    pub origin: Option<&'a Origin>,
    /// Whether the operator has a webhook, which tells people by telephone.
    pub has_webhook: bool,
    pub unconfirmed_sent: UnconfirmedSent,
}

impl MessageMaker<'_> {
    /// For each recipient a letter, if they have an address, and a call of the webhook, if there is one. Contacts are nearer, so that
    /// theirs are the first; but of the unconfirmed addresses the therapist's goes before any contact's.
    pub(super) fn messages(self, facts: &AlarmFacts<'_>, recipients: &[Recipient]) -> Vec<AlarmMessage> {
        let mut limits = (
            UnconfirmedLimit::of_letters(self.unconfirmed_sent),
            UnconfirmedLimit::of_calls(self.unconfirmed_sent),
        );
        let is_therapist = |recipient: &&Recipient| recipient.role == RecipientRole::Therapist;
        let (therapist, contacts): (Vec<_>, Vec<_>) = recipients.iter().partition(is_therapist);
        let mut of = |recipients: Vec<&Recipient>| -> Vec<AlarmMessage> {
            recipients.into_iter().flat_map(|recipient| self.of(facts, recipient, &mut limits)).collect()
        };
        let of_therapist = of(therapist);
        let mut all = of(contacts);
        all.extend(of_therapist);
        all
    }

    fn of(
        self,
        facts: &AlarmFacts<'_>,
        to: &Recipient,
        (letters, calls): &mut (UnconfirmedLimit, UnconfirmedLimit),
    ) -> Vec<AlarmMessage> {
        let letter = to.address.as_ref().map(|address| {
            let answer = self.links.new_link(LinkPage::AlarmAnswer);
            let consent = address.consent_nonce.as_ref().filter(|_| address.consent.is_open());
            let consent = consent.map(|nonce| self.links.link(LinkPage::ContactConsent, nonce.clone()));
            let links = LetterLinks { answer: self.url(Some(&answer)), consent: self.url(consent.as_ref()) };
            let letter = self.writer.letter(facts, to, address.email.clone(), &links);
            AlarmMessage {
                unconfirmed: address.consent.is_open(),
                withheld: letters.withholds(address.consent),
                ..AlarmMessage::to(to, Message::Letter(letter), answer)
            }
        });
        let webhook = self.has_webhook.then(|| {
            let answer = self.links.new_link(LinkPage::AlarmAnswer);
            let body = self.writer.webhook(facts, to, self.url(Some(&answer)).as_deref());
            AlarmMessage {
                unconfirmed: to.consent().is_open(),
                withheld: calls.withholds(to.consent()),
                ..AlarmMessage::to(to, Message::Webhook(body), answer)
            }
        });
        letter.into_iter().chain(webhook).collect()
    }

    fn url(self, link: Option<&Link>) -> Option<String> {
        Some(link?.url(self.origin?))
    }
}

impl AlarmMessage {
    fn to(recipient: &Recipient, message: Message, answer: Link) -> Self {
        Self {
            role: recipient.role,
            name: recipient.name.clone(),
            relationship: recipient.relationship.clone(),
            message,
            answer: answer.hash,
            unconfirmed: false,
            withheld: None,
        }
    }
}
