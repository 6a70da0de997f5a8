//! What the store of every owned resource promises, told once. A resource brings its [`Fixture`], and
//! `owned_stories!(name: Resource)` tells all of it.
use crate::support::{Node, TestStore, at, at_once};
use domain::{
    audit::{AuditAction, AuditEntry},
    identity::Caller,
    owned::{OwnedResource, ports::OwnedRepository},
    shared::{AccountId, Fixed, IdempotencyKey, Page, Timestamp},
};
use infra::idempotency::IdempotencyKeys;
use std::{fmt::Debug, sync::Arc};

/// Edits, each with what it changes.
pub(crate) type Edits<T> = Vec<(<T as OwnedResource>::Edit, fn(&mut T))>;

pub(crate) trait Fixture:
    OwnedResource<Id: Debug + Ord, Edit: Clone + Default> + Clone + Debug + PartialEq
{
    const TABLE: &'static str;

    fn repository(node: &Node) -> Box<dyn OwnedRepository<Self>>;
    fn creation(owner: &Caller, at: Timestamp) -> Self::Creation;
    /// That creation, read back.
    fn created(id: Self::Id, owner: AccountId, at: Timestamp) -> Self;
    fn kept(lent: Self::Lent<'_>) -> Self;
    /// One for each field.
    fn edits() -> Edits<Self>;
    fn modified_at(&mut self) -> &mut Timestamp;
}

/// `few`: without the stories of long lists, for a resource that an owner has a few of.
macro_rules! owned_stories {
    ($name:ident: $resource:ty) => {
        owned_stories!($name: $resource, few, {
            on_both!(
                a_long_list_is_read_page_by_page_complete_and_in_order,
                crate::owned::paged::<$resource>
            );
            #[test]
            #[cfg_attr(not(has_postgres), ignore = "needs TEST_DATABASE_URL")]
            fn a_page_reads_nobody_else_s_on_postgres() {
                crate::plans::of_owned::<$resource>();
            }
        });
    };
    ($name:ident: $resource:ty, few $(, { $($more:item)* })?) => {
        mod $name {
            use super::*;
            on_both!(
                nobody_edits_or_deletes_anothers_or_one_that_is_gone,
                crate::owned::refused::<$resource>
            );
            on_both!(a_change_that_cannot_be_audited_is_not_made, crate::owned::unaudited::<$resource>);
            on_both!(one_is_created_and_read_back, crate::owned::created::<$resource>);
            on_both!(an_edit_writes_what_it_sets_and_moves_the_time, crate::owned::edited::<$resource>);
            on_both!(under_one_key_one_is_created, crate::owned::keyed::<$resource>);
            on_both!(one_is_deleted_and_no_other, crate::owned::deleted::<$resource>);
            $($($more)*)?
        }
    };
}

fn make<T: Fixture>(db: &TestStore, owner: &Caller) -> T {
    T::repository(db).create(&T::creation(owner, at(30))).unwrap()
}

fn all<T: Fixture>(db: &TestStore, owner: &Caller) -> Vec<T> {
    page_of(db, owner, Page::first())
}

pub(crate) fn page_of<T: Fixture>(node: &Node, owner: &Caller, page: Page<T::Id>) -> Vec<T> {
    let mut kept = vec![];
    T::repository(node).page_of(owner.id(), page, &mut |lent| kept.push(T::kept(lent))).unwrap();
    kept
}

fn last_entry(db: &TestStore, owner: &Caller) -> AuditEntry {
    db.audit_log.of(owner.id(), Page::first()).unwrap().remove(0).entry
}

fn entry<T: Fixture>(owner: &Caller, act: AuditAction, resource: &T, second: i64) -> AuditEntry {
    AuditEntry::own(owner.id(), act, at(second)).on(resource.id().into())
}

pub(crate) fn refused<T: Fixture>(db: &TestStore) {
    let (sarah, kyle) = (db.patient("sarah"), db.patient("kyle"));
    let (resources, unknown) = (T::repository(db), format!("{:?}", T::unknown()));
    let foreign = T::created(make::<T>(db, &sarah).id(), kyle.id(), at(30));
    let gone = sarah.own(Some(make::<T>(db, &sarah))).unwrap();
    resources.delete(&gone.removed(at(31))).unwrap();
    for own in [kyle.own(Some(foreign)).unwrap(), gone] {
        for edit in T::edits().into_iter().map(|(edit, _)| edit).chain([T::Edit::default()]) {
            let refused = db.refuses(|| resources.edit(&own.edited(edit, at(60))));
            assert_eq!(format!("{refused:?}"), unknown);
        }
        let refused = db.refuses(|| resources.delete(&own.removed(at(60))));
        assert_eq!(format!("{refused:?}"), unknown);
    }
}

pub(crate) fn unaudited<T: Fixture>(db: &TestStore) {
    let sarah = db.patient("sarah");
    let (resources, own) = (T::repository(db), sarah.own(Some(make::<T>(db, &sarah))).unwrap());
    db.database.sql().refuse_inserts("audit_entries", "1 = 1");
    db.refuses(|| resources.create(&T::creation(&sarah, at(40))));
    for (edit, _) in T::edits() {
        db.refuses(|| resources.edit(&own.edited(edit, at(41))));
    }
    db.refuses(|| resources.delete(&own.removed(at(42))));
}

pub(crate) fn created<T: Fixture>(db: &TestStore) {
    let sarah = db.patient("sarah");
    let made = make::<T>(db, &sarah);
    let expected = T::created(made.id(), sarah.id(), at(30));
    assert_eq!(made, expected);
    assert_eq!(T::repository(db).find(made.id()).unwrap(), Some(expected));
    assert_eq!(last_entry(db, &sarah), entry(&sarah, T::AUDIT.created, &made, 30));
}

pub(crate) fn keyed<T: Fixture>(db: &TestStore) {
    let (sarah, kyle) = (db.patient("sarah"), db.patient("kyle"));
    let key = |name: &str, fingerprint: &str| {
        Some(IdempotencyKey::new("POST /things".into(), name, fingerprint.into()).unwrap())
    };
    let create = |owner: &Caller, key: Option<IdempotencyKey>, second| {
        let asking = Caller { key, ..owner.clone() };
        T::repository(db).create(&T::creation(&asking, at(second)))
    };
    let first = create(&sarah, key("1", "a"), 30).unwrap();
    assert_eq!(create(&sarah, key("1", "a"), 31).unwrap(), first);
    let refused = db.refuses(|| create(&sarah, key("1", "b"), 32));
    assert!(format!("{refused:?}").contains("KeyReused"), "{refused:?}");
    let others =
        [create(&kyle, key("1", "b"), 33), create(&sarah, key("2", "a"), 34), create(&sarah, None, 35)];
    assert!(others.iter().all(|other| other.as_ref().unwrap().id() != first.id()));
    // Of many at once one makes it.
    let crowd = at_once(8, |_| create(&sarah, key("3", "a"), 36).unwrap());
    assert!(crowd.iter().all(|one| *one == crowd[0]));
    assert_eq!((all::<T>(db, &sarah).len(), all::<T>(db, &kyle).len()), (4, 1));
    // As it is now.
    let own = sarah.own(Some(first.clone())).unwrap();
    T::repository(db).delete(&own.removed(at(40))).unwrap();
    let gone = create(&sarah, key("1", "a"), 41).map(drop).unwrap_err();
    assert_eq!(format!("{gone:?}"), format!("{:?}", T::unknown()));
    // A day later the key names something new.
    let day = 24 * 60 * 60;
    assert!(create(&sarah, key("1", "b"), 30 + day).is_err());
    assert!(create(&sarah, key("1", "b"), 31 + day).is_ok());
    let keys = IdempotencyKeys { store: db.store.clone(), clock: Arc::new(Fixed(at(35 + day))) };
    assert_eq!((keys.forget_old().unwrap(), keys.forget_old().unwrap()), (2, 0));
}

pub(crate) fn edited<T: Fixture>(db: &TestStore) {
    let sarah = db.patient("sarah");
    let (mut expected, bystander) = (make::<T>(db, &sarah), make::<T>(db, &sarah));
    let nothing: (T::Edit, fn(&mut T)) = (T::Edit::default(), |_| ());
    for (second, (edit, change)) in (60..).zip(T::edits().into_iter().chain([nothing])) {
        let own = sarah.own(Some(expected.clone())).unwrap();
        let after = T::repository(db).edit(&own.edited(edit, at(second))).unwrap();
        change(&mut expected);
        *expected.modified_at() = at(second);
        assert_eq!(after, expected);
        assert_eq!(last_entry(db, &sarah), entry(&sarah, T::AUDIT.changed, &expected, second));
    }
    assert_eq!(all::<T>(db, &sarah), [expected, bystander]);
}

pub(crate) fn deleted<T: Fixture>(db: &TestStore) {
    let (sarah, kyle) = (db.patient("sarah"), db.patient("kyle"));
    let [first, second] = [(); 2].map(|()| make::<T>(db, &sarah));
    let of_kyle = make::<T>(db, &kyle);
    let own = sarah.own(Some(first.clone())).unwrap();
    T::repository(db).delete(&own.removed(at(70))).unwrap();
    assert_eq!(T::repository(db).find(own.id()).unwrap(), None);
    assert_eq!(last_entry(db, &sarah), entry(&sarah, T::AUDIT.deleted, &first, 70));
    assert_eq!((all(db, &sarah), all(db, &kyle)), (vec![second], vec![of_kyle]));
}

pub(crate) fn paged<T: Fixture>(db: &TestStore) {
    let (sarah, kyle) = (db.patient("sarah"), db.patient("kyle"));
    fill::<T>(db, &sarah, &kyle);
    assert_pages::<T>(&sarah, |page| page_of(db, &sarah, page));
}

/// 1 200 rows of the owner's; another's lie between them.
pub(crate) fn fill<T: Fixture>(db: &TestStore, owner: &Caller, other: &Caller) {
    at_once(8, |_| {
        (0..150).for_each(|_| [owner, other].into_iter().for_each(|who| drop(make::<T>(db, who))))
    });
}

/// That the pages hold what [`fill`] put there, each row once and in order.
pub(crate) fn assert_pages<T: Fixture>(owner: &Caller, read: impl Fn(Page<T::Id>) -> Vec<T>) {
    let (mut page, mut sizes, mut ids) = (Page::first(), vec![], vec![]);
    loop {
        let rows = read(page);
        assert!(rows.iter().all(|row| row.owner() == owner.id()));
        sizes.push(rows.len());
        let Some(last) = rows.last() else { break };
        page = Page::after(last.id());
        ids.extend(rows.iter().map(T::id));
    }
    assert_eq!(sizes, [500, 500, 200, 0]);
    assert!(ids.is_sorted_by(|older, newer| older < newer));
}
