//! What this family's notifications say: Russian, verbatim from the contract. Its clients show the sentences as they are.
use domain::notifications::Notice;

pub(super) fn sentence(notice: &Notice) -> String {
    match notice {
        Notice::LinkRequested { patient } => format!("Новый запрос на прикрепление от {patient}"),
        Notice::LinkAccepted { doctor } => format!("Доктор {doctor} принял заявку."),
        Notice::LinkRejected { doctor } => format!("Доктор {doctor} отклонил заявку."),
        Notice::RecordCreated { patient } => format!("Новая запись от {patient}"),
        Notice::PrescriptionCreated {} => "Доступны новые рекомендации по лечению.".into(),
        Notice::PrescriptionChanged {} => "Доктор изменил ваши рекомендации по лечению.".into(),
        Notice::DiagnosisCreated { doctor } => format!("Доктор {doctor} поставил новый диагноз."),
        Notice::DiagnosisChanged { doctor } => format!("Доктор {doctor} изменил ваш диагноз."),
        Notice::Text { text } => text.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::notifications::NoticeCode;

    #[test]
    fn every_notice_is_said_in_the_contracts_words() {
        let said: Vec<_> = NoticeCode::ALL
            .iter()
            .map(|code| sentence(&code.notice(|_| Some("Sarah Connor".into())).unwrap()))
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
        let nameless = |code: NoticeCode| sentence(&code.notice(|_| Some(String::new())).unwrap());
        assert_eq!(nameless(NoticeCode::LinkAccepted), "Доктор  принял заявку.");
        assert_eq!(nameless(NoticeCode::RecordCreated), "Новая запись от ");
    }
}
