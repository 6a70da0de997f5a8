//! Which letters an account wants, and whose digest is sent when.
use crate::support::{Node, TestStore, at, at_once, username};
use chrono::TimeDelta;
use domain::{
    audit::AuditAction,
    care::Status,
    identity::{AccountFlag, Caller, SetFlag},
    mail_settings::{DigestRate, MailSettings, MailSettingsEdit, MailSettingsService, SHOWN_MAX},
    notifications::{Notice, ports::NoticeWords},
    outbox::{Delivery, Letter, LinkPage, Links, Origin, Outcome, ports::DeliveryQueue},
    shared::{Fixed, Language, Page, Patch, Timestamp},
};
use infra::{
    mail_settings::{DieselMailSettingsRepository, DigestLetters},
    outbox::DieselLetterQueue,
};
use std::sync::Arc;

struct Codes;

impl NoticeWords for Codes {
    fn sentence(&self, notice: &Notice) -> String {
        notice.code().as_str().to_owned()
    }
}

fn service(node: &Node, now: Timestamp) -> MailSettingsService {
    MailSettingsService {
        settings: Arc::new(DieselMailSettingsRepository {
            store: node.store.clone(),
            data_keys: node.data_keys.clone(),
            mail_host: "example.com".into(),
        }),
        letters: Arc::new(DigestLetters { language: Language::English, notices: Arc::new(Codes) }),
        links: Links { tokens: node.token_issuer.clone(), public_url: None },
        clock: Arc::new(Fixed(now)),
    }
}

fn rate(rate: DigestRate) -> MailSettingsEdit {
    MailSettingsEdit { digest: Patch::Set(rate), ..<_>::default() }
}

fn choose(node: &Node, caller: &Caller, edit: MailSettingsEdit) -> MailSettings {
    let origin = Some(Origin::new("https://care.example.com"));
    service(node, at(60)).change(caller, edit, origin).unwrap()
}

/// So many days later, at the same hour.
fn next_day(days: i64) -> Timestamp {
    at(60) + TimeDelta::days(days)
}

/// Those that were not sent yet. Now they are.
fn letters(node: &Node, now: Timestamp) -> Vec<Letter> {
    let queue = DieselLetterQueue { store: node.store.clone(), data_keys: node.data_keys.clone() };
    let sent = |delivery: Delivery| {
        queue.finish(&delivery, Outcome::Accepted, now).unwrap();
        delivery.message.unwrap().letter().unwrap().clone()
    };
    std::iter::from_fn(|| queue.take(now).unwrap()).map(sent).collect()
}

fn token_in(letter: &Letter) -> String {
    letter.unsubscribe.as_deref().unwrap().split("/unsubscribe/").nth(1).unwrap().to_owned()
}

/// A doctor who was asked for a link by so many patients.
fn asked(db: &TestStore, times: usize) -> Caller {
    let house = db.doctor("house");
    for n in 0..times {
        db.linked(&db.patient(&format!("patient-{n}")), &house, Status::Pending);
    }
    house
}

on_both!(settings_are_the_defaults_until_they_are_changed_and_only_what_is_sent_changes, |db: &TestStore| {
    let (sarah, kyle) = (db.patient("sarah"), db.patient("kyle"));
    let of = |caller: &Caller| service(db, at(60)).of(caller).unwrap();
    assert_eq!(of(&sarah), MailSettings { digest: DigestRate::Off, appointments: true });
    let before = db.database.sql().everything();
    assert_eq!(choose(db, &sarah, MailSettingsEdit::default()), MailSettings::default());
    assert_eq!(db.database.sql().everything(), before, "a change of nothing writes nothing");
    assert_eq!(choose(db, &sarah, rate(DigestRate::Weekly)).digest, DigestRate::Weekly);
    let no_reminders = MailSettingsEdit { appointments: Patch::Set(false), ..<_>::default() };
    let both = MailSettings { digest: DigestRate::Weekly, appointments: false };
    assert_eq!((choose(db, &sarah, no_reminders), of(&sarah)), (both, both));
    assert_eq!(of(&kyle), MailSettings::default());
    assert_eq!(db.acts(&sarah).last(), Some(&AuditAction::MailSettingsChanged));
});

on_both!(settings_that_cannot_be_stored_whole_are_not_stored, |db: &TestStore| {
    let sarah = db.patient("sarah");
    db.database.sql().refuse_inserts("audit_entries", "new.act = 'mail-settings.change'");
    db.refuses(|| service(db, at(60)).change(&sarah, rate(DigestRate::Daily), None));
});

on_both!(of_many_who_change_settings_at_once_each_change_lasts, |db: &TestStore| {
    let sarah = db.patient("sarah");
    at_once(4, |i| match i {
        0 | 1 => choose(db, &sarah, rate(DigestRate::Daily)),
        _ => choose(db, &sarah, MailSettingsEdit { appointments: Patch::Set(false), ..<_>::default() }),
    });
    let expected = MailSettings { digest: DigestRate::Daily, appointments: false };
    assert_eq!(service(db, at(60)).of(&sarah).unwrap(), expected);
});

on_both!(a_digest_is_written_when_it_is_due_and_once_for_what_is_new, |db: &TestStore| {
    let house = asked(db, 2);
    choose(db, &house, rate(DigestRate::Daily));
    assert_eq!(service(db, at(61)).write_digests().unwrap(), 0, "not due yet");
    assert_eq!(service(db, next_day(1)).write_digests().unwrap(), 1);
    let sent = letters(db, next_day(1));
    let [letter] = sent.as_slice() else { panic!("{sent:?}") };
    assert_eq!(
        (letter.to.as_str(), letter.subject.as_str()),
        ("house@example.com", "Unread notifications: 2")
    );
    assert_eq!(letter.text.matches("link_requested").count(), 2);
    // Nothing new: no letter, and the next date all the same.
    assert_eq!(service(db, next_day(2)).write_digests().unwrap(), 0);
    assert_eq!(service(db, next_day(2)).write_digests().unwrap(), 0);
    db.linked(&db.patient("new"), &house, Status::Pending);
    assert_eq!(service(db, next_day(2)).write_digests().unwrap(), 0, "its date is tomorrow");
    assert_eq!(service(db, next_day(3)).write_digests().unwrap(), 1);
    let again = letters(db, next_day(3)).pop().unwrap();
    assert_eq!((again.subject.as_str(), token_in(&again)), ("Unread notifications: 3", token_in(letter)));
    // What was read in the meantime is no news.
    db.linked(&db.patient("newer"), &house, Status::Pending);
    let newest = rows!(db.lines, of(house.id(), Page::first())).unwrap()[0].id;
    db.lines.mark_read(house.id(), newest).unwrap();
    assert_eq!(service(db, next_day(4)).write_digests().unwrap(), 0);
});

on_both!(a_digest_has_the_words_of_the_newest_and_counts_all, |db: &TestStore| {
    let house = asked(db, SHOWN_MAX + 3);
    choose(db, &house, rate(DigestRate::Weekly));
    assert_eq!(service(db, next_day(7)).write_digests().unwrap(), 1);
    let letter = letters(db, next_day(7)).pop().unwrap();
    assert_eq!(letter.text.matches("link_requested").count(), SHOWN_MAX);
    assert_eq!(letter.subject, format!("Unread notifications: {}", SHOWN_MAX + 3));
});

on_both!(several_nodes_write_one_digest, |db: &TestStore| {
    let house = asked(db, 1);
    choose(db, &house, rate(DigestRate::Daily));
    let nodes: Vec<_> = (0..4).map(|_| Node::open(&db.database)).collect();
    let sent = at_once(4, |i| service(&nodes[i], next_day(1)).write_digests().unwrap());
    assert_eq!((sent.iter().sum::<usize>(), db.database.sql().count("outbox")), (1, 1), "{sent:?}");
});

on_both!(a_digest_that_cannot_be_stored_is_due_still, |db: &TestStore| {
    let house = asked(db, 1);
    choose(db, &house, rate(DigestRate::Daily));
    db.database.sql().refuse_inserts("outbox", "1 = 1");
    db.refuses(|| service(db, next_day(1)).write_digests());
});

on_both!(nobody_who_is_deactivated_or_wants_none_is_written_to, |db: &TestStore| {
    let house = asked(db, 1);
    choose(db, &house, rate(DigestRate::Daily));
    let set_active = |active| {
        let flag = AccountFlag::Active(active);
        db.accounts.grant(&SetFlag { username: username("house"), flag, at: at(61) }).unwrap();
    };
    set_active(false);
    assert_eq!(service(db, next_day(1)).write_digests().unwrap(), 0);
    set_active(true);
    assert_eq!(service(db, next_day(1)).write_digests().unwrap(), 0, "its date is tomorrow");
    choose(db, &house, rate(DigestRate::Off));
    assert_eq!(service(db, next_day(3)).write_digests().unwrap(), 0);
    choose(db, &house, rate(DigestRate::Daily));
    assert_eq!(service(db, next_day(3)).write_digests().unwrap(), 1);
});

on_both!(a_link_turns_digests_off_as_often_as_one_likes_and_nothing_else, |db: &TestStore| {
    let (house, kyle) = (asked(db, 1), db.patient("kyle"));
    for who in [&house, &kyle] {
        choose(db, who, rate(DigestRate::Daily));
    }
    service(db, next_day(1)).write_digests().unwrap();
    let token = token_in(&letters(db, next_day(1)).pop().unwrap());
    let later = service(db, next_day(1));
    let before = db.database.sql().everything();
    assert!(later.is_link(&token).unwrap());
    assert_eq!(db.database.sql().everything(), before, "to look changes nothing");
    assert!(later.unsubscribe(&token).unwrap());
    let off = MailSettings { digest: DigestRate::Off, appointments: true };
    assert_eq!((later.of(&house).unwrap(), later.of(&kyle).unwrap().digest), (off, DigestRate::Daily));
    assert_eq!(db.acts(&house).last(), Some(&AuditAction::MailSettingsChanged));
    let once = db.database.sql().everything();
    assert!(later.unsubscribe(&token).unwrap() && later.is_link(&token).unwrap());
    assert_eq!(db.database.sql().everything(), once);
    let other = later.links.new_link(LinkPage::Unsubscribe).token;
    let reset = later.links.new_link(LinkPage::PasswordReset).token;
    for bad in ["", "x", &token[..39], other.expose(), reset.expose()] {
        assert!(!later.is_link(bad).unwrap() && !later.unsubscribe(bad).unwrap(), "{bad}");
    }
    assert_eq!(db.database.sql().everything(), once);
});
