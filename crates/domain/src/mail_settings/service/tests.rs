use super::*;
use crate::{
    audit::AuditAction,
    identity::{AccountId, Email, Nonce, Token, TokenHash, ports::MockTokenIssuer, testing::sarah},
    mail_settings::{DigestFacts, DigestRate, DigestSheet, ports::MockMailSettingsRepository},
    notifications::{Notice, NotificationId},
    outbox::Letter,
    shared::{Fixed, Patch, Timestamp},
};

/// A Monday, just after the digests of that day were due.
fn now() -> Timestamp {
    "2026-11-30T07:00:05Z".parse().unwrap()
}

/// Letters that can be read.
struct Plain;

impl DigestLetterWriter for Plain {
    fn digest(&self, facts: &DigestFacts<'_>, to: Email) -> Letter {
        let text = format!("{} {} {}", facts.username, facts.unread, facts.notices.len());
        let unsubscribe = Some(facts.unsubscribe.to_owned());
        Letter { to, subject: "digest".into(), text, html: String::new(), unsubscribe }
    }
}

fn links(public_url: Option<&str>) -> Links {
    let mut tokens = MockTokenIssuer::new();
    tokens.expect_nonce().returning(|| Nonce("fresh".into()));
    tokens.expect_link().returning(|_, nonce| Token::new(nonce.0.clone()));
    tokens.expect_hash().returning(|token| TokenHash(format!("#{token}")));
    Links { tokens: Arc::new(tokens), public_url: public_url.map(Origin::new) }
}

fn service(settings: MockMailSettingsRepository) -> MailSettingsService {
    MailSettingsService {
        settings: Arc::new(settings),
        letters: Arc::new(Plain),
        links: links(None),
        clock: Arc::new(Fixed(now())),
    }
}

fn sheet(owner: i64) -> DigestSheet {
    DigestSheet {
        owner: AccountId::new(owner),
        username: "sarah".into(),
        email: Some(Email::parse("sarah@example.com").unwrap()),
        rate: DigestRate::Daily,
        due_at: "2026-11-30T07:00:00Z".parse().unwrap(),
        origin: Some(Origin::new("https://asked.example.com")),
        nonce: Nonce("kept".into()),
        told_until: NotificationId::new(3),
        unread: 5,
        newest: Some(NotificationId::new(8)),
        notices: vec![Notice::PrescriptionCreated {}],
    }
}

#[test]
fn a_digest_has_a_way_out_that_is_the_same_each_time() {
    for (public_url, url) in [
        (None, "https://asked.example.com/unsubscribe/kept"),
        (Some("https://care.example.com"), "https://care.example.com/unsubscribe/kept"),
    ] {
        let digest = sheet(7).digest(&links(public_url), &Plain, now());
        let letter = digest.letter().unwrap();
        assert_eq!(letter.letter.unsubscribe.as_deref(), Some(url));
        assert_eq!(letter.letter.text, "sarah 5 1");
        assert_eq!((letter.told_until.get(), letter.link.0.as_str()), (8, "#kept"));
        assert_eq!(digest.next_at(), DigestRate::Daily.next_after(now()));
    }
}

#[test]
fn without_news_without_an_address_and_without_a_way_out_only_the_next_date_is_set() {
    let nothing: [fn(&mut DigestSheet); 4] = [
        |sheet| sheet.newest = None,
        |sheet| sheet.told_until = NotificationId::new(8),
        |sheet| sheet.email = None,
        |sheet| sheet.origin = None,
    ];
    for change in nothing {
        let mut sheet = sheet(7);
        change(&mut sheet);
        let digest = sheet.digest(&links(None), &Plain, now());
        assert!(digest.letter().is_none() && digest.next_at().is_some(), "{digest:?}");
    }
}

#[test]
fn everybody_is_looked_at_once_and_one_that_fails_holds_up_no_other() {
    for (fails, expected) in [(false, Some(2)), (true, None)] {
        let mut settings = MockMailSettingsRepository::new();
        settings.expect_due().times(4).returning(|after, at| {
            assert_eq!(at, now());
            let owner = after.map_or(0, AccountId::get) + 1;
            Ok((owner < 4).then(|| sheet(owner)))
        });
        settings.expect_send().times(3).returning(move |digest| match digest.owner().get() {
            1 if fails => Err(StoreError::unavailable("on purpose")),
            // Another node was faster.
            2 => Ok(false),
            _ => Ok(true),
        });
        assert_eq!(service(settings).write_digests().ok(), expected);
    }
}

#[test]
fn a_new_rate_says_when_the_first_one_is_due_and_another_change_leaves_that_alone() {
    let changes = [
        (MailSettingsEdit { digest: Patch::Set(DigestRate::Weekly), ..<_>::default() }, true),
        (MailSettingsEdit { digest: Patch::Set(DigestRate::Off), ..<_>::default() }, true),
        (MailSettingsEdit { appointments: Patch::Set(false), ..<_>::default() }, false),
    ];
    for (edit, sets) in changes {
        let mut settings = MockMailSettingsRepository::new();
        settings
            .expect_change()
            .withf(move |change| {
                let expected = edit.digest.as_set().map(|rate| rate.next_after(now()));
                assert_eq!(expected.is_some(), sets);
                change.next_digest_at().as_set().copied() == expected
                    && change.audit().act == AuditAction::MailSettingsChanged
                    && (change.owner(), change.edit()) == (sarah().id(), edit)
            })
            .return_once(|_| Ok(MailSettings::default()));
        service(settings).change(&sarah(), edit, None).unwrap();
    }
}

#[test]
fn a_link_is_looked_for_by_its_hash() {
    let mut settings = MockMailSettingsRepository::new();
    settings.expect_is_link().withf(|link| link.0 == "#t").return_once(|_| Ok(true));
    settings
        .expect_unsubscribe()
        .withf(|link, at| link.0 == "#t" && *at == now())
        .return_once(|_, _| Ok(true));
    let service = service(settings);
    assert!(service.is_link("t").unwrap() && service.unsubscribe("t").unwrap());
}
