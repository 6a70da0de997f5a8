//! What the alarm button answers: the seed's Russian sentences verbatim, and the old program's English ones. A recipient is
//! called notified only when the mail server took their letter.
use domain::{
    crisis::{Alarm, AlarmRecipient, Scenario},
    outbox::{DeliveryState, Failure},
    shared::Language,
};

/// The sentences about one press, in the old program's order.
pub(super) fn messages(language: Language, scenario: &Scenario, alarm: &Alarm) -> Vec<String> {
    let mut said = vec![];
    if !scenario.play_music {
        said.push(language.of("Музыка не воспроизводилась.", "Music was not played.").to_owned());
    }
    said.extend(alarm.contacts().map(|contact| about_contact(language, contact)));
    if alarm.contacts().next().is_none() {
        let nobody =
            language.of("Экстренные контакты не были уведомлены.", "Emergency contacts were not notified.");
        said.push(nobody.to_owned());
    }
    said.push(match alarm.therapist().filter(|therapist| therapist.is_accepted()) {
        Some(AlarmRecipient { name, .. }) => match language {
            Language::Russian => format!("Ваш психотерапевт ({name}) был уведомлён."),
            Language::English => format!("Your therapist ({name}) was notified."),
        },
        None => language.of("Психотерапевт не был уведомлён.", "Therapist was not notified.").to_owned(),
    });
    said
}

fn about_contact(language: Language, contact: &AlarmRecipient) -> String {
    let AlarmRecipient { name, relationship, .. } = contact;
    match (language, unless_accepted(language, contact)) {
        (Language::Russian, None) => {
            format!("Ваш/ваша {relationship} ({name}) получил(а) уведомление по email.")
        }
        (Language::English, None) => {
            format!("Your {relationship} ({name}) received a notification by email.")
        }
        (Language::Russian, Some(reason)) => {
            format!("Ошибка отправки уведомления для {relationship} ({name}): {reason}")
        }
        (Language::English, Some(reason)) => {
            format!("Error sending notification to {relationship} ({name}): {reason}")
        }
    }
}

/// Why the letter is not known to be accepted; `None` when it is.
pub(super) fn unless_accepted(language: Language, recipient: &AlarmRecipient) -> Option<&'static str> {
    match recipient.delivery.state {
        DeliveryState::Accepted => None,
        DeliveryState::Refused => Some(reason(language, recipient.delivery.failure)),
        DeliveryState::Queued | DeliveryState::Sending => {
            Some(language.of("доставка продолжается", "delivery continues"))
        }
    }
}

fn reason(language: Language, failure: Option<Failure>) -> &'static str {
    match failure {
        Some(Failure::Address) => language.of("адрес не принят", "the address was not accepted"),
        Some(Failure::NoMailServer) => {
            language.of("почтовый сервер не настроен", "no mail server is configured")
        }
        Some(Failure::Unwanted) => {
            language.of("адресат отказался от таких писем", "the recipient wants no such letters")
        }
        Some(Failure::Unconfirmed) => language.of(
            "адрес не подтверждён, письмо не отправлено",
            "the address is not confirmed, the letter was not sent",
        ),
        Some(Failure::NotNeeded) => language.of("больше не нужно", "no longer needed"),
        Some(Failure::Bounced) => language.of("письмо вернулось", "the letter came back"),
        Some(
            Failure::Letter
            | Failure::Deferred
            | Failure::Unreachable
            | Failure::GivenUp
            | Failure::Unreadable,
        )
        | None => language.of("письмо не принято", "the letter was not accepted"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{
        crisis::{AlarmId, ContactId, Progress, RecipientRole, ScenarioId},
        outbox::{Channel, DeliveryStatus},
        shared::{AccountId, Timestamp},
    };

    fn scenario(play_music: bool) -> Scenario {
        Scenario {
            id: ScenarioId::new(3),
            name: "Pattern 2".into(),
            play_music,
            notify_contact: true,
            notify_therapist: true,
        }
    }

    fn recipient(role: RecipientRole, state: DeliveryState, failure: Option<Failure>) -> AlarmRecipient {
        let (name, relationship) = match role {
            RecipientRole::Contact(_) => ("Иван Иванов", "Брат"),
            RecipientRole::Therapist => ("Петр Петров", ""),
        };
        AlarmRecipient {
            role,
            name: name.into(),
            relationship: relationship.into(),
            channel: Channel::Email,
            is_pending: !state.is_final(),
            answered_at: None,
            delivery: DeliveryStatus {
                state,
                attempts: 1,
                queued_at: Timestamp::UNIX_EPOCH,
                attempted_at: None,
                finished_at: None,
                failure,
            },
        }
    }

    fn said(language: Language, play_music: bool, recipients: Vec<AlarmRecipient>) -> Vec<String> {
        let alarm = Alarm {
            id: AlarmId::new(1),
            owner: AccountId::new(7),
            scenario: Some(ScenarioId::new(3)),
            raised_at: Timestamp::UNIX_EPOCH,
            joined_to: None,
            location: String::new(),
            music_played: false,
            voice_message_played: false,
            progress: Progress::default(),
            recipients,
        };
        messages(language, &scenario(play_music), &alarm)
    }

    const CONTACT: RecipientRole = RecipientRole::Contact(ContactId::new(1));
    const THERAPIST: RecipientRole = RecipientRole::Therapist;

    #[test]
    fn accepted_letters_are_told_in_the_seeds_words() {
        let accepted =
            || [CONTACT, THERAPIST].map(|role| recipient(role, DeliveryState::Accepted, None)).to_vec();
        assert_eq!(
            said(Language::Russian, true, accepted()),
            [
                "Ваш/ваша Брат (Иван Иванов) получил(а) уведомление по email.",
                "Ваш психотерапевт (Петр Петров) был уведомлён."
            ]
        );
        assert_eq!(
            said(Language::English, true, accepted()),
            [
                "Your Брат (Иван Иванов) received a notification by email.",
                "Your therapist (Петр Петров) was notified."
            ]
        );
    }

    #[test]
    fn nobody_is_called_notified_whose_letter_was_not_accepted() {
        for (state, failure, reason) in [
            (DeliveryState::Refused, Some(Failure::Address), "адрес не принят"),
            (DeliveryState::Refused, Some(Failure::Letter), "письмо не принято"),
            (DeliveryState::Refused, Some(Failure::GivenUp), "письмо не принято"),
            (DeliveryState::Refused, Some(Failure::Bounced), "письмо вернулось"),
            (DeliveryState::Refused, Some(Failure::NoMailServer), "почтовый сервер не настроен"),
            (DeliveryState::Refused, Some(Failure::Unwanted), "адресат отказался от таких писем"),
            (
                DeliveryState::Refused,
                Some(Failure::Unconfirmed),
                "адрес не подтверждён, письмо не отправлено",
            ),
            (DeliveryState::Queued, Some(Failure::Unreachable), "доставка продолжается"),
            (DeliveryState::Queued, None, "доставка продолжается"),
            (DeliveryState::Sending, None, "доставка продолжается"),
        ] {
            let recipients = [CONTACT, THERAPIST].map(|role| recipient(role, state, failure)).to_vec();
            assert_eq!(
                said(Language::Russian, true, recipients),
                [
                    format!("Ошибка отправки уведомления для Брат (Иван Иванов): {reason}"),
                    "Психотерапевт не был уведомлён.".into()
                ]
            );
        }
    }

    #[test]
    fn what_was_not_done_is_said() {
        assert_eq!(
            said(Language::Russian, false, vec![]),
            [
                "Музыка не воспроизводилась.",
                "Экстренные контакты не были уведомлены.",
                "Психотерапевт не был уведомлён."
            ]
        );
        assert_eq!(
            said(Language::English, false, vec![]),
            ["Music was not played.", "Emergency contacts were not notified.", "Therapist was not notified."]
        );
    }
}
