//! Records of pain.
use crate::{
    audit, care, identity, notifications,
    store::{At, Conn, Fault, Store, on, schema::records},
};
use chrono::NaiveDateTime;
use diesel::prelude::*;
use domain::{
    audit::{Act, Entry},
    diary::{
        BodyPartId, Description, DiaryError, Intensity, PainType, Record, RecordEditing, RecordEntry,
        RecordId, Result,
        ports::{Reading, RecordRepository},
    },
    identity::Person,
    notifications::Notice,
    shared::{AccountId, StoreError, Window},
};

pub struct DieselRecordRepository(pub Store);

impl RecordRepository for DieselRecordRepository {
    fn make(&self, entry: &RecordEntry) -> Result<Record, StoreError> {
        self.0.write(|conn| {
            let at = entry.audit.at.naive_utc();
            let row = (
                records::owner_id.eq(entry.owner.get()),
                records::pain_type.eq(entry.draft.pain_type.as_str()),
                records::intensity.eq(i64::from(entry.draft.intensity.get())),
                records::description.eq(entry.draft.description.as_str()),
                records::took_prescription.eq(entry.draft.took_prescription),
                records::body_part_id.eq(entry.draft.body_part.get()),
                records::recorded_at.eq(at),
                records::modified_at.eq(at),
            );
            let row: RecordRow = on!(conn, |c| {
                diesel::insert_into(records::table)
                    .values(&row)
                    .returning(RecordRow::as_returning())
                    .get_result(c)
            })?;
            for doctor in care::doctors_of(conn, entry.owner)? {
                let notice = Notice { owner: doctor, text: entry.notice_for_doctors.clone() };
                notifications::add(conn, &notice, entry.audit.at)?;
            }
            audit::add(conn, &entry.audit.clone().on(row.id))?;
            row.try_into().map_err(Fault::Rule)
        })
    }

    fn find(&self, id: RecordId) -> Result<Option<Record>, StoreError> {
        let row: Option<RecordRow> = self.0.read(|conn| {
            on!(conn, |c| records::table
                .find(id.get())
                .select(RecordRow::as_select())
                .get_result(c)
                .optional())
        })?;
        row.map(Record::try_from).transpose()
    }

    fn edit(&self, editing: &RecordEditing) -> Result<Record> {
        self.0.write(|conn| {
            let changes = RecordChanges::from(editing);
            let row: Option<RecordRow> = on!(conn, |c| {
                diesel::update(records::table.find(editing.id.get()))
                    .filter(records::owner_id.eq(editing.owner.get()))
                    .set(&changes)
                    .returning(RecordRow::as_returning())
                    .get_result(c)
                    .optional()
            })?;
            let row = row.ok_or(Fault::Rule(DiaryError::RecordUnknown))?;
            audit::add(conn, &editing.audit)?;
            row.try_into().map_err(|e: StoreError| Fault::Rule(e.into()))
        })
    }

    fn delete(&self, owner: AccountId, id: RecordId, audit: &Entry) -> Result<()> {
        self.0.write(|conn| {
            let deleted = on!(conn, |c| {
                diesel::delete(records::table.find(id.get()))
                    .filter(records::owner_id.eq(owner.get()))
                    .execute(c)
            })?;
            if deleted == 0 {
                return Err(Fault::Rule(DiaryError::RecordUnknown));
            }
            Ok(audit::add(conn, audit)?)
        })
    }

    fn of(&self, owner: AccountId, window: Window<RecordId>) -> Result<Vec<Record>, StoreError> {
        let rows = self.0.read(|conn| of(conn, owner, window))?;
        rows.into_iter().map(Record::try_from).collect()
    }

    fn read_as_doctor(&self, reading: &Reading) -> Result<(Person, Vec<Record>)> {
        let (patient, rows) = self.0.write(|conn| {
            let link = care::accepted_link(conn, reading.doctor, reading.patient)?;
            let link = link.ok_or(Fault::Rule(DiaryError::NotYourPatient))?;
            audit::add(
                conn,
                &Entry {
                    actor: Some(reading.doctor),
                    patient: reading.patient,
                    act: Act::RecordsSeen,
                    link: Some(link),
                    object: None,
                    at: reading.at,
                },
            )?;
            let patient = identity::person(conn, reading.patient)?;
            Ok::<_, Fault<DiaryError>>((patient, of(conn, reading.patient, reading.window)?))
        })?;
        let records = rows.into_iter().map(Record::try_from).collect::<Result<_, _>>()?;
        Ok((patient.try_into().map_err(DiaryError::Store)?, records))
    }
}

fn of(conn: &mut Conn, owner: AccountId, window: Window<RecordId>) -> QueryResult<Vec<RecordRow>> {
    let after = window.after.map_or(0, RecordId::get);
    on!(conn, |c| {
        records::table
            .filter(records::owner_id.eq(owner.get()))
            .filter(records::id.gt(after))
            .order(records::id)
            .limit(window.limit())
            .select(RecordRow::as_select())
            .load(c)
    })
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = records)]
struct RecordRow {
    id: i64,
    owner_id: i64,
    pain_type: String,
    intensity: i64,
    description: String,
    took_prescription: bool,
    body_part_id: i64,
    #[diesel(deserialize_as = At)]
    recorded_at: NaiveDateTime,
    #[diesel(deserialize_as = At)]
    modified_at: NaiveDateTime,
}

impl TryFrom<RecordRow> for Record {
    type Error = StoreError;
    fn try_from(row: RecordRow) -> Result<Self, StoreError> {
        let broken = |why| StoreError::failed(format!("record {}: {why}", row.id));
        Ok(Self {
            id: RecordId::new(row.id),
            owner: AccountId::new(row.owner_id),
            pain_type: PainType::parse(&row.pain_type).map_err(broken)?,
            intensity: Intensity::parse(row.intensity).map_err(broken)?,
            description: row.description,
            took_prescription: row.took_prescription,
            body_part: BodyPartId::new(row.body_part_id),
            recorded_at: row.recorded_at.and_utc(),
            modified_at: row.modified_at.and_utc(),
        })
    }
}

#[derive(AsChangeset)]
#[diesel(table_name = records)]
struct RecordChanges<'a> {
    pain_type: Option<&'static str>,
    intensity: Option<i64>,
    description: Option<&'a str>,
    took_prescription: Option<bool>,
    body_part_id: Option<i64>,
    /// Moves at every edit, even one that sets nothing.
    modified_at: NaiveDateTime,
}

impl<'a> From<&'a RecordEditing> for RecordChanges<'a> {
    fn from(editing: &'a RecordEditing) -> Self {
        let edit = &editing.edit;
        Self {
            pain_type: edit.pain_type.as_set().map(|p| p.as_str()),
            intensity: edit.intensity.as_set().map(|i| i.get().into()),
            description: edit.description.as_set().map(Description::as_str),
            took_prescription: edit.took_prescription.as_set().copied(),
            body_part_id: edit.body_part.as_set().map(|part| part.get()),
            modified_at: editing.audit.at.naive_utc(),
        }
    }
}
