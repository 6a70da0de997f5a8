use super::*;
use crate::{
    audit::{AuditAction, AuditEntry},
    identity::testing::{sarah, stranger},
    owned::{AuditActions, Edited, Removed, ports::MockOwnedRepository},
    shared::{AccountId, Fixed, Lend, StoreError, Timestamp},
};

/// A resource of no module.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Thing(AccountId);

#[derive(Debug, thiserror::Error)]
enum ThingError {
    #[error("no such thing")]
    Unknown,
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Lend for Thing {
    type Lent<'a> = &'a str;
}

impl OwnedResource for Thing {
    type Id = i64;
    type Creation = Created<&'static str>;
    type Edit = &'static str;
    type Error = ThingError;

    const AUDIT: AuditActions = AuditActions {
        created: AuditAction::NoteMade,
        changed: AuditAction::NoteChanged,
        deleted: AuditAction::NoteDeleted,
    };

    fn unknown() -> ThingError {
        ThingError::Unknown
    }
    fn id(&self) -> i64 {
        4
    }
    fn owner(&self) -> AccountId {
        self.0
    }
}

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

fn things(repository: MockOwnedRepository<Thing>) -> OwnedService<Thing> {
    OwnedService { repository: Arc::new(repository), clock: Arc::new(Fixed(NOW)) }
}

fn holding(found: Option<Thing>) -> MockOwnedRepository<Thing> {
    let mut repository = MockOwnedRepository::new();
    repository.expect_find().withf(|id| *id == 4).returning(move |_| Ok(found.clone()));
    repository
}

fn by_sarah(act: AuditAction) -> AuditEntry {
    AuditEntry::own(sarah().id(), act, NOW)
}

#[test]
fn anothers_resource_is_as_unknown_as_none() {
    for found in [None, Some(Thing(stranger().id()))] {
        let refused = things(holding(found)).own(&sarah(), 4);
        assert!(matches!(refused, Err(ThingError::Unknown)));
    }
}

#[test]
fn what_a_caller_creates_is_the_callers_and_the_audit_entry_says_so() {
    let mut repository = MockOwnedRepository::new();
    let expected = |c: &Created<_>| {
        (c.owner(), *c.draft(), c.audit()) == (sarah().id(), "draft", &by_sarah(AuditAction::NoteMade))
    };
    repository.expect_create().withf(expected).once().return_once(|c: &Created<_>| Ok(Thing(c.owner())));
    assert_eq!(things(repository).create(&sarah(), "draft").unwrap(), Thing(sarah().id()));
}

#[test]
fn an_edit_and_a_deletion_name_the_resource_its_owner_and_the_caller() {
    let mut repository = holding(Some(Thing(sarah().id())));
    let expected = |e: &Edited<_, _>| {
        (e.id(), e.owner(), *e.edit(), e.audit())
            == (4, sarah().id(), "edit", &by_sarah(AuditAction::NoteChanged).on(4))
    };
    repository.expect_edit().withf(expected).once().return_once(|e| Ok(Thing(e.owner())));
    let expected = |r: &Removed<_>| {
        (r.id(), r.owner(), r.audit()) == (4, sarah().id(), &by_sarah(AuditAction::NoteDeleted).on(4))
    };
    repository.expect_delete().withf(expected).once().return_once(|_| Ok(()));
    let things = things(repository);
    let own = things.own(&sarah(), 4).unwrap();
    things.edit(&own, "edit").unwrap();
    things.delete(own).unwrap();
}

#[test]
fn a_page_is_the_callers() {
    let mut repository = MockOwnedRepository::<Thing>::new();
    repository
        .expect_page_of()
        .withf(|owner, page, _| (*owner, page.after) == (sarah().id(), Some(3)))
        .once()
        .return_once(|_, _, each| {
            ["one", "two"].into_iter().for_each(each);
            Ok(())
        });
    let mut seen = vec![];
    things(repository).page(&sarah(), Page::after(3), &mut |thing| seen.push(thing.to_owned())).unwrap();
    assert_eq!(seen, ["one", "two"]);
}
