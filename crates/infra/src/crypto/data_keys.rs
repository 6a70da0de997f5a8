//! The keys of people, cached: a key is wanted for each text and fetched once.
use super::{cipher::DataKey, key_ring::KeyRing, key_store::KeyStore};
use domain::shared::{AccountId, StoreError};
use lru::LruCache;
use std::{
    collections::{BTreeMap, BTreeSet},
    num::NonZeroUsize,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
};

/// People whose keys are kept in memory, about 700 bytes each. More than a page of a list holds.
const CACHED_MAX: NonZeroUsize = NonZeroUsize::new(4_096).unwrap();
/// The number of somebody's first key.
const FIRST: u8 = 1;

#[derive(Clone)]
pub struct DataKeys(Arc<Shared>);

struct Shared {
    ring: KeyRing,
    store: KeyStore,
    cached: Mutex<LruCache<i64, PersonKeys>>,
    unsealed_too: AtomicBool,
}

/// What seals and opens one person's texts.
#[derive(Clone)]
pub struct PersonKeys(Arc<KeysOfPerson>);

struct KeysOfPerson {
    person: i64,
    newest: DataKey,
    older: Vec<DataKey>,
}

impl PersonKeys {
    fn new(person: i64, mut keys: Vec<DataKey>) -> Option<Self> {
        keys.sort_by_key(DataKey::number);
        let newest = keys.pop()?;
        Some(Self(Arc::new(KeysOfPerson { person, newest, older: keys })))
    }
    pub(crate) fn person(&self) -> i64 {
        self.0.person
    }
    pub(super) fn newest(&self) -> &DataKey {
        &self.0.newest
    }
    pub(super) fn numbered(&self, number: u8) -> Option<&DataKey> {
        let newest = Some(&self.0.newest).filter(|key| key.number() == number);
        newest.or_else(|| self.0.older.iter().find(|key| key.number() == number))
    }
}

impl DataKeys {
    pub fn new(ring: KeyRing, store: KeyStore) -> Self {
        Self(Arc::new(Shared {
            ring,
            store,
            cached: Mutex::new(LruCache::new(CACHED_MAX)),
            unsealed_too: AtomicBool::new(true),
        }))
    }

    /// The keys to seal with, made if there are none. They are stored when this returns: call it before the transaction that
    /// stores what they seal.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn of(&self, person: AccountId) -> Result<PersonKeys, StoreError> {
        let person = person.get();
        if let Some(keys) = self.find(person)? {
            return Ok(keys);
        }
        self.make_missing([person])?;
        // Not the one just made: another node may have been faster.
        self.find(person)?.ok_or_else(|| StoreError::failed("a data key that was just made is gone"))
    }

    /// For many people in one transaction.
    pub(super) fn make_missing(&self, people: impl IntoIterator<Item = i64>) -> Result<(), StoreError> {
        let without = self.load(people.into_iter().collect())?;
        if without.is_empty() {
            return Ok(());
        }
        let made: Vec<_> = without.into_iter().map(|person| self.0.ring.make(person, FIRST)).collect();
        self.0.store.add(&made)
    }

    /// Whether the keys' database answers.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it does not.
    pub fn ping(&self) -> Result<(), StoreError> {
        self.0.store.ping()
    }

    /// The id of each key of the ring, newest first, and of how many data keys it is the wrapping.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn wrapped_by(&self) -> Result<Vec<(String, i64)>, StoreError> {
        let in_use: BTreeMap<String, i64> = self.0.store.wrapped_by()?.into_iter().collect();
        let count = |id: &str| (id.to_owned(), in_use.get(id).copied().unwrap_or(0));
        Ok(self.0.ring.ids().map(count).collect())
    }

    pub(super) fn find(&self, person: i64) -> Result<Option<PersonKeys>, StoreError> {
        if let Some(keys) = self.cached().get(&person) {
            return Ok(Some(keys.clone()));
        }
        Ok(self.read([person])?.pop())
    }

    /// Into the cache; who of them has no keys.
    pub(super) fn load(&self, mut people: BTreeSet<i64>) -> Result<BTreeSet<i64>, StoreError> {
        people.retain(|person| !self.cached().contains(person));
        for keys in self.read(people.iter().copied())? {
            people.remove(&keys.person());
        }
        Ok(people)
    }

    fn read(&self, people: impl IntoIterator<Item = i64>) -> Result<Vec<PersonKeys>, StoreError> {
        let people: Vec<i64> = people.into_iter().collect();
        if people.is_empty() {
            return Ok(vec![]);
        }
        let mut found = BTreeMap::<i64, Vec<DataKey>>::new();
        for wrapped in self.0.store.of(&people)? {
            let person = wrapped.person;
            found.entry(person).or_default().push(self.0.ring.unwrap(wrapped).map_err(StoreError::failed)?);
        }
        let found: Vec<PersonKeys> =
            found.into_iter().filter_map(|(person, keys)| PersonKeys::new(person, keys)).collect();
        let mut cached = self.cached();
        for keys in &found {
            cached.put(keys.person(), keys.clone());
        }
        Ok(found)
    }

    pub(super) fn store(&self) -> &KeyStore {
        &self.0.store
    }

    pub(super) fn unsealed_too(&self) -> bool {
        self.0.unsealed_too.load(Relaxed)
    }

    pub(super) fn accept_unsealed(&self) {
        self.0.unsealed_too.store(true, Relaxed);
    }

    /// Every text is sealed: what is not was put there by somebody else.
    pub(super) fn refuse_unsealed(&self) {
        self.0.unsealed_too.store(false, Relaxed);
    }

    fn cached(&self) -> MutexGuard<'_, LruCache<i64, PersonKeys>> {
        self.0.cached.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
