//! The unread count after every change that moves it.
use crate::support::Town;

on_both!(the_count_follows_every_change, |town: &Town| {
    let house = town.doctor("house");
    assert_eq!(town.unread(house.id()), 0);
    for (asked, name) in (1..).zip(["sarah", "kyle", "john"]) {
        town.ask(&town.patient(name), &house);
        assert_eq!(town.unread(house.id()), asked);
    }
    let lines = town.lines.of(house.id(), domain::shared::Page::first()).unwrap();
    town.bell.mark_read(&house, lines[0].id).unwrap();
    assert_eq!(town.unread(house.id()), 2);
    town.bell.delete(&house, lines[0].id).unwrap();
    assert_eq!(town.unread(house.id()), 2);
    town.bell.delete(&house, lines[1].id).unwrap();
    assert_eq!(town.unread(house.id()), 1);
});
