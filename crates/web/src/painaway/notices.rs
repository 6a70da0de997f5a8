//! What this family's notifications say: Russian, verbatim from the contract, but for the last, which the old server did not
//! have. Its clients show the sentences as they are.
use domain::notifications::{Notice, ports::NoticeWords};
use serde::Serializer;
use std::fmt;

struct Sentence<'a, S>(&'a Notice<S>);

impl<S: AsRef<str>> fmt::Display for Sentence<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (before, argument, after) = match self.0 {
            Notice::LinkRequested { patient } => ("Новый запрос на прикрепление от ", patient.as_ref(), ""),
            Notice::LinkAccepted { doctor } => ("Доктор ", doctor.as_ref(), " принял заявку."),
            Notice::LinkRejected { doctor } => ("Доктор ", doctor.as_ref(), " отклонил заявку."),
            Notice::RecordCreated { patient } => ("Новая запись от ", patient.as_ref(), ""),
            Notice::PrescriptionCreated {} => ("Доступны новые рекомендации по лечению.", "", ""),
            Notice::PrescriptionChanged {} => ("Доктор изменил ваши рекомендации по лечению.", "", ""),
            Notice::DiagnosisCreated { doctor } => ("Доктор ", doctor.as_ref(), " поставил новый диагноз."),
            Notice::DiagnosisChanged { doctor } => ("Доктор ", doctor.as_ref(), " изменил ваш диагноз."),
            Notice::AlarmWithoutScenario { user } => {
                ("Пользователь ", user.as_ref(), " нажал кнопку тревоги, но не выбрал сценарий.")
            }
            Notice::AlarmReachesNobody { user } => {
                ("Пользователь ", user.as_ref(), " нажал кнопку тревоги, но известить некого.")
            }
            Notice::AlarmNotDelivered { alarm } => {
                ("Тревога № ", alarm.as_ref(), ": одно из писем не доставлено.")
            }
            Notice::AlarmOfUserNotDelivered { user, alarm } => {
                return write!(
                    f,
                    "Тревога № {} пользователя {}: одно из писем не доставлено.",
                    alarm.as_ref(),
                    user.as_ref()
                );
            }
            Notice::AlarmAnswered { name, alarm } => {
                return write!(f, "{} откликнулся на тревогу № {}.", name.as_ref(), alarm.as_ref());
            }
            Notice::AlarmUnanswered { user, alarm } => {
                return write!(
                    f,
                    "На тревогу № {} пользователя {} никто не ответил.",
                    alarm.as_ref(),
                    user.as_ref()
                );
            }
            Notice::ContactConfirmed { name } => {
                ("Контакт ", name.as_ref(), " согласился получать письма о Ваших тревогах.")
            }
            Notice::ContactRefused { name } => {
                ("Контакт ", name.as_ref(), " отказался получать письма о тревогах.")
            }
            Notice::DangerWritten { user } => {
                ("Пользователь ", user.as_ref(), " написал ассистенту, что кто-то в опасности.")
            }
            Notice::Text { text } => ("", text.as_ref(), ""),
            Notice::Unknown {} => ("Новое уведомление.", "", ""),
        };
        [before, argument, after].into_iter().try_for_each(|part| f.write_str(part))
    }
}

/// The same for who shows them outside an answer.
pub struct NoticeSentences;

impl NoticeWords for NoticeSentences {
    fn sentence(&self, notice: &Notice) -> String {
        Sentence(notice).to_string()
    }
}

/// Written into the answer without a copy: a list has hundreds.
pub(super) fn sentence<S: Serializer>(
    notice: &Notice<impl AsRef<str>>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&Sentence(notice))
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::notifications::NoticeCode;

    #[test]
    fn every_notice_is_said_in_the_contracts_words() {
        let said: Vec<_> = NoticeCode::ALL
            .iter()
            .map(|code| Sentence(&code.notice(|_| Some("Sarah Connor")).unwrap()).to_string())
            .collect();
        assert_eq!(
            said,
            [
                "Новый запрос на прикрепление от Sarah Connor",
                "Доктор Sarah Connor принял заявку.",
                "Доктор Sarah Connor отклонил заявку.",
                "Новая запись от Sarah Connor",
                "Доступны новые рекомендации по лечению.",
                "Доктор изменил ваши рекомендации по лечению.",
                "Доктор Sarah Connor поставил новый диагноз.",
                "Доктор Sarah Connor изменил ваш диагноз.",
                "Пользователь Sarah Connor нажал кнопку тревоги, но не выбрал сценарий.",
                "Пользователь Sarah Connor нажал кнопку тревоги, но известить некого.",
                "Тревога № Sarah Connor: одно из писем не доставлено.",
                "Тревога № Sarah Connor пользователя Sarah Connor: одно из писем не доставлено.",
                "Sarah Connor откликнулся на тревогу № Sarah Connor.",
                "На тревогу № Sarah Connor пользователя Sarah Connor никто не ответил.",
                "Контакт Sarah Connor согласился получать письма о Ваших тревогах.",
                "Контакт Sarah Connor отказался получать письма о тревогах.",
                "Пользователь Sarah Connor написал ассистенту, что кто-то в опасности.",
                "Sarah Connor",
                "Новое уведомление.",
            ]
        );
    }

    #[test]
    fn somebody_without_a_name_leaves_a_gap_as_before() {
        let nameless = |code: NoticeCode| Sentence(&code.notice(|_| Some("")).unwrap()).to_string();
        assert_eq!(nameless(NoticeCode::LinkAccepted), "Доктор  принял заявку.");
        assert_eq!(nameless(NoticeCode::RecordCreated), "Новая запись от ");
    }
}
