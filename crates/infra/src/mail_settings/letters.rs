//! What a digest says.
use crate::letters::{PlainLetter, shown};
use domain::{
    identity::Email,
    mail_settings::{DigestFacts, DigestLetterWriter},
    notifications::ports::NoticeWords,
    outbox::Letter,
    shared::Language,
};
use std::sync::Arc;

pub struct DigestLetters {
    pub language: Language,
    pub notices: Arc<dyn NoticeWords>,
}

impl DigestLetterWriter for DigestLetters {
    fn digest(&self, facts: &DigestFacts<'_>, to: Email) -> Letter {
        let (language, unread) = (self.language, facts.unread);
        let items: Vec<_> =
            facts.notices.iter().map(|notice| shown(&self.notices.sentence(notice))).collect();
        let count =
            format!("{} {unread}", language.of("Непрочитанных уведомлений:", "Unread notifications:"));
        let more = u64::try_from(items.len()).is_ok_and(|shown| shown < unread).then(|| match language {
            Language::Russian => format!("Ниже последние {}.", items.len()),
            Language::English => format!("The last {} of them:", items.len()),
        });
        let why = language.of(
            "Вы получаете это письмо, потому что включили сводку уведомлений.",
            "You get this letter because you have turned the digest of notifications on.",
        );
        PlainLetter {
            language,
            subject: count.clone(),
            greeting: format!("{}, {}.", language.of("Здравствуйте", "Hello"), shown(facts.username)),
            paragraphs: [format!("{count}.")].into_iter().chain(more).collect(),
            items,
            link: Some((language.of("Больше не присылать", "Unsubscribe"), facts.unsubscribe.to_owned())),
            notes: vec![why.to_owned()],
            unsubscribe: Some(facts.unsubscribe.to_owned()),
        }
        .to(to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::notifications::Notice;

    struct Codes;

    impl NoticeWords for Codes {
        fn sentence(&self, notice: &Notice) -> String {
            notice.code().as_str().to_owned()
        }
    }

    #[test]
    fn a_digest_says_how_many_which_and_where_to_unsubscribe() {
        let (to, notices) = (|| Email::parse("sarah@example.com").unwrap(), [Notice::PrescriptionCreated {}]);
        let unsubscribe = "https://care.example.com/unsubscribe/0123";
        for (language, count, last, button) in [
            (Language::Russian, "Непрочитанных уведомлений: 5", "последние 1", "Больше не присылать"),
            (Language::English, "Unread notifications: 5", "last 1", "Unsubscribe"),
        ] {
            let writer = DigestLetters { language, notices: Arc::new(Codes) };
            let facts = DigestFacts { username: "sarah", unread: 5, notices: &notices, unsubscribe };
            let letter = writer.digest(&facts, to());
            assert_eq!((letter.subject.as_str(), letter.unsubscribe.as_deref()), (count, Some(unsubscribe)));
            for word in [count, last, button, "prescription_created", "sarah", unsubscribe] {
                assert!(letter.text.contains(word) && letter.html.contains(word), "{word}: {}", letter.text);
            }
            let all = writer.digest(&DigestFacts { unread: 1, ..facts }, to());
            assert!(!all.text.contains(last), "{}", all.text);
        }
    }
}
