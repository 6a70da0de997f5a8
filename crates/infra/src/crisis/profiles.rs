//! Profiles.
use super::therapists;
use crate::{
    audit,
    crypto::{DataKeys, Reader, Sealed},
    store::{
        At, Conn, Store, TxError, failed_query, on,
        schema::{accounts, crisis_profiles},
        with_texts,
    },
};
use diesel::prelude::*;
use domain::{
    crisis::{
        Age, CrisisError, MusicChoice, Profile, ProfileChange, ProfileReading, PtsdLevel, Result, ScenarioId,
        Therapist, TherapistChange, TherapistDraft, TherapistEdit, TrackId, ports::ProfileRepository,
    },
    shared::{AccountId, FieldError, Patch, StoreError, Timestamp},
};

pub struct DieselProfileRepository {
    pub store: Store,
    pub data_keys: DataKeys,
}

impl ProfileRepository for DieselProfileRepository {
    fn profile(&self, reading: &ProfileReading) -> Result<Option<Profile>, StoreError> {
        let owner = reading.owner();
        let Some(entry) = reading.audit() else { return self.store.read(|conn| self.find(conn, owner)) };
        self.store.write(|conn| {
            let found = self.find(conn, owner)?;
            if found.is_some() {
                audit::add(conn, entry)?;
            }
            Ok(found)
        })
    }

    fn change(&self, change: &ProfileChange) -> Result<Profile> {
        let (owner, edit, at) = (change.owner(), change.edit(), change.audit().at);
        // Before its keys are made: the staff may name nobody's id.
        if !self.store.read(|conn| is_account(conn, owner))? {
            return Err(CrisisError::ProfileUnknown);
        }
        let keys = self.data_keys.of(owner)?;
        self.store.write(|conn| {
            let therapist = edit.therapist_contact.as_set().copied();
            if let Some(Some(therapist)) = therapist
                && (therapist != owner || !therapists::exists(conn, owner)?)
            {
                return Err(TxError::Rule(CrisisError::TherapistUnknown));
            }
            self.made(conn, owner, at)?;
            let scenario = match edit.scenario {
                Patch::Set(Some(scenario)) => Some(crisis_profiles::scenario_id.eq(Some(scenario.get()))),
                Patch::Set(None) | Patch::Keep => None,
            };
            let changes = (
                edit.age.as_set().map(|age| crisis_profiles::age.eq(age.map(|age| i64::from(age.get())))),
                edit.location
                    .as_set()
                    .map(|location| keys.seal(crisis_profiles::location, owner.get(), location.as_str())),
                edit.military_status.as_set().map(|status| crisis_profiles::military_status.eq(*status)),
                edit.ptsd_level
                    .as_set()
                    .map(|level| crisis_profiles::ptsd_level.eq(level.map(|level| i64::from(level.get())))),
                therapist.map(|therapist| crisis_profiles::has_therapist_contact.eq(therapist.is_some())),
                scenario,
                crisis_profiles::modified_at.eq(At::from(at)),
            );
            on!(conn, |c| diesel::update(crisis_profiles::table.find(owner.get())).set(changes).execute(c))?;
            audit::add(conn, change.audit())?;
            let changed = self.find(conn, owner)?;
            changed.ok_or(TxError::Rule(CrisisError::ProfileUnknown))
        })
    }

    fn choose_music(&self, choice: &MusicChoice) -> Result<()> {
        let (owner, at) = (choice.owner(), choice.audit().at);
        self.data_keys.of(owner)?;
        self.store.write(|conn| {
            self.made(conn, owner, at)?;
            let changes = (
                crisis_profiles::music_id.eq(Some(choice.track().get())),
                crisis_profiles::modified_at.eq(At::from(at)),
            );
            on!(conn, |c| diesel::update(crisis_profiles::table.find(owner.get())).set(changes).execute(c))?;
            Ok(audit::add(conn, choice.audit())?)
        })
    }

    fn put_therapist(&self, put: &TherapistChange<TherapistDraft>) -> Result<Therapist> {
        let (owner, at) = (put.owner(), put.audit().at);
        let keys = self.data_keys.of(owner)?;
        self.store.write(|conn| {
            let row = therapists::put(conn, &keys, put.change(), at)?;
            let therapist = row.read(Reader::of(&self.data_keys))?;
            self.made(conn, owner, at)?;
            let changes = (
                crisis_profiles::has_therapist_contact.eq(true),
                crisis_profiles::modified_at.eq(At::from(at)),
            );
            on!(conn, |c| diesel::update(crisis_profiles::table.find(owner.get())).set(changes).execute(c))?;
            audit::add(conn, put.audit())?;
            Ok(therapist)
        })
    }

    fn edit_therapist(&self, edit: &TherapistChange<TherapistEdit>) -> Result<Therapist> {
        let keys = self.data_keys.of(edit.owner())?;
        self.store.write(|conn| {
            let row = therapists::edit(conn, &keys, edit.change(), edit.audit().at)?;
            let row = row.ok_or(TxError::Rule(CrisisError::NoTherapist))?;
            let therapist = row.read(Reader::of(&self.data_keys))?;
            audit::add(conn, edit.audit())?;
            Ok(therapist)
        })
    }
}

impl DieselProfileRepository {
    fn find(&self, conn: &mut Conn, owner: AccountId) -> QueryResult<Option<Profile>> {
        let row: Option<(String, Option<ProfileRow>)> = on!(conn, |c| {
            accounts::table
                .left_join(crisis_profiles::table)
                .filter(accounts::id.eq(owner.get()))
                .select((accounts::username, Option::<ProfileRow>::as_select()))
                .get_result(c)
                .optional()
        })?;
        let Some((username, row)) = row else { return Ok(None) };
        match row {
            None => Ok(Some(default_of(owner, username))),
            Some(row) => row.read(owner, username, Reader::of(&self.data_keys)).map(Some),
        }
    }

    /// Its row, with defaults unless it is there. The owner has keys.
    fn made(&self, conn: &mut Conn, owner: AccountId, now: Timestamp) -> Result<(), TxError<CrisisError>> {
        let keys = self.data_keys.of(owner).map_err(|e| TxError::Rule(e.into()))?;
        let row = (
            crisis_profiles::owner_id.eq(owner.get()),
            keys.seal(crisis_profiles::location, owner.get(), ""),
            crisis_profiles::military_status.eq(false),
            crisis_profiles::has_therapist_contact.eq(false),
            crisis_profiles::created_at.eq(At::from(now)),
            crisis_profiles::modified_at.eq(At::from(now)),
        );
        on!(conn, |c| {
            diesel::insert_into(crisis_profiles::table).values(row).on_conflict_do_nothing().execute(c)
        })?;
        Ok(())
    }
}

fn is_account(conn: &mut Conn, id: AccountId) -> QueryResult<bool> {
    on!(conn, |c| diesel::select(diesel::dsl::exists(accounts::table.find(id.get()))).get_result(c))
}

fn default_of(owner: AccountId, username: String) -> Profile {
    Profile {
        owner,
        username,
        age: None,
        location: String::new(),
        military_status: false,
        ptsd_level: None,
        music: None,
        has_therapist_contact: false,
        scenario: None,
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = crisis_profiles)]
struct ProfileRow {
    age: Option<i64>,
    location: Sealed<crisis_profiles::location>,
    military_status: bool,
    ptsd_level: Option<i64>,
    music_id: Option<i64>,
    has_therapist_contact: bool,
    scenario_id: Option<i64>,
}

impl ProfileRow {
    fn read(self, owner: AccountId, username: String, mut reader: Reader<'_>) -> QueryResult<Profile> {
        let broken = |why: FieldError| failed_query(StoreError::failed(format!("profile {owner}: {why}")));
        let location = reader.row(owner.get(), owner.get())?.open(self.location)?;
        Ok(Profile {
            owner,
            username,
            age: self.age.map(Age::parse).transpose().map_err(broken)?,
            location: with_texts(location, |location, texts| texts.get(location).to_owned()),
            military_status: self.military_status,
            ptsd_level: self.ptsd_level.map(PtsdLevel::parse).transpose().map_err(broken)?,
            music: self.music_id.map(TrackId::new),
            has_therapist_contact: self.has_therapist_contact,
            scenario: self.scenario_id.map(ScenarioId::new),
        })
    }
}
