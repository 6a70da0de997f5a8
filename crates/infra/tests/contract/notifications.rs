//! Notifications are their owner's: newest first, and nobody else marks or deletes one.
use crate::support::{Sql, TestStore, at};
use domain::{
    care::Status,
    identity::Caller,
    notifications::{Notice, NoticeCode, Notification, NotificationId},
    shared::{AccountId, Page},
};

fn lines(db: &TestStore, owner: &Caller) -> Vec<Notification> {
    rows!(db.lines, of(owner.id(), Page::first())).unwrap()
}

/// A doctor whom three patients notified, and another doctor whom one of them notified.
fn notified(db: &TestStore) -> (Caller, Caller) {
    let (house, wilson) = (db.doctor("house"), db.doctor("wilson"));
    for name in ["sarah", "kyle", "john"] {
        db.ask(&db.patient(name), &house);
    }
    db.ask(&house, &wilson);
    (house, wilson)
}

on_both!(nobody_marks_or_deletes_another_accounts_notification, |db: &TestStore| {
    let (house, wilson) = notified(db);
    let before = db.database.sql().everything();
    for line in lines(db, &house) {
        assert!(!db.lines.mark_read(wilson.id(), line.id).unwrap());
        assert!(!db.lines.delete(wilson.id(), line.id).unwrap());
    }
    assert_eq!(before, db.database.sql().everything());
    assert_eq!(db.unread(house.id()), 3);
});

on_both!(a_line_that_is_not_there_is_neither_found_nor_marked_nor_deleted, |db: &TestStore| {
    let (house, _) = notified(db);
    for id in [0, -1, 9_999, i64::MAX, i64::MIN].map(NotificationId::new) {
        assert_eq!(db.lines.find(id).unwrap(), None);
        assert!(!db.lines.mark_read(house.id(), id).unwrap());
        assert!(!db.lines.delete(house.id(), id).unwrap());
    }
});

on_both!(a_new_notification_is_unread_and_read_back_as_it_was_stored, |db: &TestStore| {
    let (_, wilson) = notified(db);
    let lines = lines(db, &wilson);
    let [line] = lines.as_slice() else { panic!("{lines:?}") };
    let expected = Notification {
        id: line.id,
        owner: wilson.id(),
        notice: Notice::LinkRequested { patient: "house Connor".into() },
        is_read: false,
        created_at: at(10),
    };
    assert_eq!(*line, expected);
    assert_eq!(db.lines.find(line.id).unwrap(), Some(expected));
});

on_both!(a_notice_of_every_code_is_read_back_as_it_was_stored, |db: &TestStore| {
    let (house, sarah) = (db.doctor("house"), db.patient("sarah"));
    let mut expected = vec![];
    for (code, argument) in NoticeCode::ALL.iter().zip(["", "O'Neil \"\\", "боль 🦷", "a\tb"].iter().cycle())
    {
        let notice = code.notice(|_| Some((*argument).to_owned())).unwrap();
        let mut opening = crate::support::opening(&sarah, &house);
        opening.notification.notice = notice.clone();
        let link = db.links.open(&opening).unwrap();
        expected.push(notice);
        db.links.end(&db.links.find(link).unwrap().unwrap().end(sarah.id(), at(11))).unwrap();
    }
    assert_eq!(db.notices(&house), expected);
});

on_both!(a_notice_of_a_newer_version_or_a_broken_one_is_listed_as_unknown, |db: &TestStore| {
    let (house, _) = notified(db);
    for (code, args) in [("alarm_raised", "{}"), ("link_requested", "{}"), ("link_requested", "no json")] {
        db.database.sql().run(&format!("update notifications set code = '{code}', args = '{args}'")).unwrap();
        assert_eq!(db.notices(&house), [const { Notice::Unknown {} }; 3]);
    }
});

on_both!(marking_one_line_read_leaves_the_others_and_can_be_done_twice, |db: &TestStore| {
    let (house, wilson) = notified(db);
    let [_, middle, _] = &lines(db, &house)[..] else { panic!("not three lines") };
    for _ in 0..2 {
        assert!(db.lines.mark_read(house.id(), middle.id).unwrap());
        let read: Vec<_> = lines(db, &house).iter().map(|line| line.is_read).collect();
        assert_eq!(read, [false, true, false]);
        assert_eq!(db.unread(house.id()), 2);
    }
    assert_eq!(db.unread(wilson.id()), 1);
});

on_both!(a_deleted_line_is_gone_once_and_counts_no_more, |db: &TestStore| {
    let (house, wilson) = notified(db);
    let [newest, middle, oldest] = &lines(db, &house)[..] else { panic!("not three lines") };
    assert!(db.lines.mark_read(house.id(), oldest.id).unwrap());
    assert!(db.lines.delete(house.id(), newest.id).unwrap());
    assert!(!db.lines.delete(house.id(), newest.id).unwrap());
    assert!(db.lines.delete(house.id(), oldest.id).unwrap());
    assert_eq!(db.lines.find(newest.id).unwrap(), None);
    assert_eq!(lines(db, &house), std::slice::from_ref(middle));
    assert_eq!(db.unread(house.id()), 1);
    assert_eq!(db.unread(wilson.id()), 1);
});

on_both!(nobody_has_no_lines_and_none_unread, |db: &TestStore| {
    notified(db);
    let nobody = AccountId::new(9_999);
    assert_eq!(rows!(db.lines, of(nobody, Page::first())).unwrap(), []);
    assert_eq!(db.unread(nobody), 0);
});

on_both!(lines_are_newest_first_and_windows_continue_without_gap_or_repeat, |db: &TestStore| {
    let (house, wilson) = (db.doctor("house"), db.doctor("wilson"));
    for owner in [&house, &wilson] {
        let fill = format!(
            "insert into notifications (owner_id, code, args, is_read, created_at) \
             select {}, 'prescription_created', '{{}}', i % 3 = 0, '2025-07-21 08:00:00' from \
             (with recursive n(i) as (select 1 union all select i + 1 from n where i < 1100) select i from n) as numbers",
            owner.id()
        );
        db.database.sql().run(&fill).unwrap();
    }
    let (mut page, mut sizes, mut ids) = (Page::first(), vec![], vec![]);
    loop {
        let lines = rows!(db.lines, of(house.id(), page)).unwrap();
        assert!(lines.iter().all(|line| line.owner == house.id()));
        sizes.push(lines.len());
        let Some(last) = lines.last() else { break };
        page = Page::after(last.id);
        ids.extend(lines.iter().map(|line| line.id));
    }
    assert_eq!(sizes, [500, 500, 100, 0]);
    assert!(ids.is_sorted_by(|newer, older| newer > older));
    let two = rows!(db.lines, of(house.id(), Page::after(ids[9]).with_limit(2))).unwrap();
    assert_eq!(two.iter().map(|line| line.id).collect::<Vec<_>>(), ids[10..12]);
    assert_eq!(db.unread(house.id()), 1_100 - 366);
});

on_both!(an_account_that_is_gone_takes_its_lines_with_it_and_no_others, |db: &TestStore| {
    let (house, wilson) = (db.doctor("house"), db.doctor("wilson"));
    let sarah = db.patient("sarah");
    db.linked(&sarah, &house, Status::Rejected);
    db.ask(&house, &wilson);
    let mut sql = db.database.sql();
    sql.run("delete from links").unwrap();
    let owners = |sql: &mut Sql| sql.words("select cast(owner_id as text) as words from notifications");
    assert_eq!(owners(&mut sql).len(), 3);
    if db.database.location.sqlite_file().is_some() {
        sql.run("PRAGMA foreign_keys = ON").unwrap();
    }
    sql.run(&format!("delete from accounts where id = {}", sarah.id())).unwrap();
    let mut left = owners(&mut sql);
    left.sort();
    assert_eq!(left, [house.id().to_string(), wilson.id().to_string()]);
});

on_both!(
    the_newest_line_of_each_of_many_owners_is_told_and_those_without_any_are_left_out,
    |db: &TestStore| {
        let (house, wilson) = notified(db);
        let silent = db.patient("silent");
        let newest = |owners: &[AccountId]| {
            let mut newest = db.lines.newest_of(owners).unwrap();
            newest.sort_unstable();
            newest
        };
        let of = |owner: &Caller| (owner.id(), lines(db, owner)[0].id);
        assert_eq!(newest(&[]), []);
        assert_eq!(newest(&[silent.id(), AccountId::new(9_999)]), []);
        assert_eq!(newest(&[wilson.id()]), [of(&wilson)]);
        let everybody = [house.id(), silent.id(), wilson.id(), house.id()];
        assert_eq!(newest(&everybody), [of(&house), of(&wilson)]);
        let before = of(&house);
        db.lines.mark_read(house.id(), before.1).unwrap();
        assert_eq!(newest(&[house.id()]), [before], "read or not");
        db.lines.delete(house.id(), before.1).unwrap();
        assert!(newest(&[house.id()]) == [of(&house)] && of(&house) < before);
        let many: Vec<_> = (10_000..15_000).map(AccountId::new).chain(everybody).collect();
        assert_eq!(newest(&many), [of(&house), of(&wilson)], "as many as a big house holds");
    }
);
