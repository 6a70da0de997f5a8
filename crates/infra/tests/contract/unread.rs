//! The unread count after every change that moves it.
use crate::support::TestStore;

on_both!(the_count_follows_every_change, |db: &TestStore| {
    let house = db.doctor("house");
    assert_eq!(db.unread(house.id()), 0);
    for (asked, name) in (1..).zip(["sarah", "kyle", "john"]) {
        db.ask(&db.patient(name), &house);
        assert_eq!(db.unread(house.id()), asked);
    }
    let lines = rows!(db.lines, of(house.id(), domain::shared::Page::first())).unwrap();
    db.notifications.mark_read(&house, lines[0].id).unwrap();
    assert_eq!(db.unread(house.id()), 2);
    db.notifications.delete(&house, lines[0].id).unwrap();
    assert_eq!(db.unread(house.id()), 2);
    db.notifications.delete(&house, lines[1].id).unwrap();
    assert_eq!(db.unread(house.id()), 1);
});
