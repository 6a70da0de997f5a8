//! What this family's notifications say: Russian, verbatim from the contract. Its clients show the sentences as they are.
use domain::notifications::Notice;
use serde::Serializer;
use std::fmt;

struct Sentence<'a>(&'a Notice);

impl fmt::Display for Sentence<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Notice::LinkRequested { patient } => write!(f, "Новый запрос на прикрепление от {patient}"),
            Notice::LinkAccepted { doctor } => write!(f, "Доктор {doctor} принял заявку."),
            Notice::LinkRejected { doctor } => write!(f, "Доктор {doctor} отклонил заявку."),
            Notice::RecordCreated { patient } => write!(f, "Новая запись от {patient}"),
            Notice::PrescriptionCreated {} => f.write_str("Доступны новые рекомендации по лечению."),
            Notice::PrescriptionChanged {} => f.write_str("Доктор изменил ваши рекомендации по лечению."),
            Notice::DiagnosisCreated { doctor } => write!(f, "Доктор {doctor} поставил новый диагноз."),
            Notice::DiagnosisChanged { doctor } => write!(f, "Доктор {doctor} изменил ваш диагноз."),
            Notice::Text { text } => f.write_str(text),
        }
    }
}

/// Written into the answer without a copy: a list has hundreds.
pub(super) fn sentence<S: Serializer>(notice: &Notice, serializer: S) -> Result<S::Ok, S::Error> {
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
            .map(|code| Sentence(&code.notice(|_| Some("Sarah Connor".into())).unwrap()).to_string())
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
                "Sarah Connor",
            ]
        );
    }

    #[test]
    fn somebody_without_a_name_leaves_a_gap_as_before() {
        let nameless =
            |code: NoticeCode| Sentence(&code.notice(|_| Some(String::new())).unwrap()).to_string();
        assert_eq!(nameless(NoticeCode::LinkAccepted), "Доктор  принял заявку.");
        assert_eq!(nameless(NoticeCode::RecordCreated), "Новая запись от ");
    }
}
